import { describe, expect, it } from 'vitest';
import { parseFlags } from './flags.ts';

const defaults = {
  host: 'auto',
  noOpen: false,
  port: 0,
  dataDir: null,
  configFile: null,
  secrets: 'os',
  sandbox: false,
  launch: null,
};

describe('parseFlags', () => {
  it('has the defaults of the public contract', () => {
    expect(parseFlags([])).toEqual({ ok: true, flags: defaults });
  });

  it('reads every flag, in both spellings', () => {
    const want = {
      host: 'browser',
      noOpen: true,
      port: 8080,
      dataDir: '/d d',
      configFile: 'c.json',
      secrets: 'memory',
      sandbox: true,
      launch: null,
    };
    const spaced = [
      '--host',
      'browser',
      '--no-open',
      '--port',
      '8080',
      '--data-dir',
      '/d d',
      '--config',
      'c.json',
      '--secrets',
      'memory',
      '--sandbox',
    ];
    const joined = [
      '--host=browser',
      '--no-open',
      '--port=8080',
      '--data-dir=/d d',
      '--config=c.json',
      '--secrets=memory',
      '--sandbox',
    ];
    expect(parseFlags(spaced)).toEqual({ ok: true, flags: want });
    expect(parseFlags(joined)).toEqual({ ok: true, flags: want });
  });

  it.each([
    ['--no-such-flag'],
    ['-h'],
    ['word'],
    ['--port'],
    ['--port', '--no-open'],
    ['--port', 'x'],
    ['--port', '65536'],
    ['--port', '-1'],
    ['--port', '1.5'],
    ['--host', 'firefox'],
    ['--secrets', 'file'],
    ['--data-dir', ''],
    ['--data-dir='],
    ['--no-open=1'],
    ['--sandbox', '--sandbox'],
    ['--port', '1', '--port', '2'],
  ])('says in one sentence what is wrong with %j %j', (...argv) => {
    const result = parseFlags(argv);
    expect(result.ok).toBe(false);
    expect(result.ok ? '' : result.message).toMatch(/^[^\n]+\.$/);
  });

  it('reads the launch command, before its flags', () => {
    expect(parseFlags(['launch', 'vit.berth.json', '--sandbox'])).toEqual({
      ok: true,
      flags: { ...defaults, sandbox: true, launch: 'vit.berth.json' },
    });
    for (const argv of [['launch'], ['launch', '--sandbox'], ['vit.berth.json'], ['--sandbox', 'launch', 'x']]) {
      expect(parseFlags(argv).ok).toBe(false);
    }
  });

  it('takes a link that the system hands over, alone only', () => {
    const link = 'berth://launch?recipe=e30';
    expect(parseFlags([link])).toEqual({ ok: true, flags: { ...defaults, launch: link } });
    for (const argv of [
      [link, '--host', 'browser'],
      ['--config', 'x', link],
      ['--data-dir=/tmp/x', link],
    ]) {
      expect(parseFlags(argv).ok).toBe(false);
    }
  });
});
