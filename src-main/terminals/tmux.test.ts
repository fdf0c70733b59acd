import { describe, expect, it } from 'vitest';
import { attachCommand, probeCommand, quote, readList, readProbe } from './tmux.ts';

describe('tmux commands', () => {
  it('read the answer among what start-up files print', () => {
    expect(readProbe('welcome\nberth-tmux:tmux\nberth-kept\nbye\n')).toEqual({ tmux: 'tmux', isKept: true });
    expect(readProbe('berth-tmux:/opt/kernel/tmux\r\n')).toEqual({ tmux: '/opt/kernel/tmux', isKept: false });
    expect(readProbe('')).toEqual({ tmux: null, isKept: false });
    expect(readProbe('berth-kept\n')).toEqual({ tmux: null, isKept: false });
  });

  it('run nothing but the programs they know', () => {
    expect(readProbe('berth-tmux:rm -rf /\nberth-kept')).toEqual({ tmux: null, isKept: false });
  });

  it('quote for a POSIX shell', () => {
    expect(quote("it's")).toBe("'it'\\''s'");
    expect(probeCommand('session', 'abcd')).toContain('has-session -t "=berth-abcd"');
    const options = { tmux: 'tmux', sessionId: 'session', terminalId: 'abcd', rows: 3 };
    const fresh = attachCommand({ ...options, history: 0 });
    expect(fresh).toMatch(/^exec tmux -L 'berth-session' /);
    expect(fresh).toContain("'new-session' '-A' '-D' '-s' 'berth-abcd'");
    expect(attachCommand({ ...options, history: 50 })).toMatch(/^sh -c '.* -S -50 .*'; exec tmux /);
  });

  it('read the list of kept shells, whatever programs call themselves', () => {
    const lines = [
      'hello from .bashrc',
      'berth-shell:runs 12 berth-abcd 1 1700000100 vim\u001fnotes.md\u001fmain1',
      'berth-shell:waits 13 berth-ef01 0 1700000000 bash\u001fmain1\u001fmain1',
      'berth-shell:unknown 14 berth-ef02 0 1700000200 -zsh\u001f\u001fmain1',
      'berth-shell:unknown 15 berth-ef03 0 1700000300 odd name\u001fberth-shell:runs 1\u001fmain1',
      'berth-shell:runs 16 mine 0 1700000000 bash\u001fx\u001fmain1',
      'berth-shell:runs 1',
    ];
    const [waits, runs, shell, odd, ...more] = readList(lines.join('\n'));
    expect(waits).toMatchObject({ terminalId: 'ef01', isShown: false, program: null, title: '' });
    expect(runs).toMatchObject({ terminalId: 'abcd', isShown: true, program: 'vim', title: 'notes.md' });
    expect(shell?.program).toBeNull();
    expect(odd).toMatchObject({ program: 'odd name', title: 'berth-shell:runs 1' });
    expect(more).toEqual([]);
    expect(runs?.createdAt).toBe('2023-11-14T22:15:00.000Z');
  });
});
