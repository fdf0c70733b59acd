/**
 * The command line: what is taken, and one sentence for what is not.
 */
import { describe, expect, it } from 'vitest';
import { HelpWanted, helpText, readArguments, UsageError } from './cli.ts';

describe('command line', () => {
  it('has defaults for all but the data folder', () => {
    expect(readArguments(['--data-dir', '/tmp/x'], {})).toEqual({
      port: 0,
      dataDir: '/tmp/x',
      manager: 'current',
      sshd: 'builtin',
      madeUp: 0,
      paceMs: 250,
      exitWithStdin: false,
      webserver: false,
      idleTimeout: 0,
      pingSeconds: 15,
      faults: null,
      forwarding: true,
      appProxy: null,
    });
  });

  it('paces by the environment where it is started by Berth, and by its own flag first', () => {
    const env = { BERTH_SANDBOX_PACE: '40' };
    expect(readArguments(['--data-dir', 'x'], env).paceMs).toBe(40);
    expect(readArguments(['--data-dir', 'x', '--pace', '7'], env).paceMs).toBe(7);
  });

  it('explains itself when asked, accounts and all', () => {
    expect(() => readArguments(['--help'])).toThrow(HelpWanted);
    expect(helpText).toContain('one-time-code@sandbox.localhost');
  });

  it.each([
    [[]],
    [['--data-dir', 'x', '--port', 'many']],
    [['--data-dir', 'x', '--port', '70000']],
    [['--data-dir', 'x', '--ping', '0']],
    [['--data-dir', 'x', '--manager', 'older']],
    [['--data-dir', 'x', '--sshd', 'telnet']],
    [['--data-dir', 'x', '--colour']],
    [['--data-dir', 'x', 'positional']],
    [['--data-dir', 'x', '--port']],
    [['--data-dir', 'x', '--faults', 'no-such-file.json']],
    [['--data-dir', 'x', '--faults', 'package.json']],
  ])('refuses %j in one sentence', (argv) => {
    expect(() => readArguments(argv)).toThrow(UsageError);
    expect(() => readArguments(argv)).toThrow(/^[^\n]+\.$/);
  });
});
