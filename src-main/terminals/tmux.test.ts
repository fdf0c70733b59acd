import { describe, expect, it } from 'vitest';
import { attachCommand, probeCommand, quote, readProbe } from './tmux.ts';

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
    expect(attachCommand('tmux', 'session', 'abcd')).toMatch(/^exec tmux -L 'berth-session' /);
    expect(attachCommand('tmux', 'session', 'abcd')).toContain("'new-session' '-A' '-D' '-s' 'berth-abcd'");
  });
});
