import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-log-'));
  file = join(folder, 'logs', 'berth.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lines = (path: string): Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('log', () => {
  it('writes one JSON object a line, at once, and opens nothing before', () => {
    const log = createLog({ file, now: () => new Date(0) });
    expect(existsSync(file)).toBe(false);
    log.area('links').warn('A link was lost', { sessionId: 's', error: new Error('gone') });
    const [line] = lines(file);
    expect(line).toMatchObject({
      at: '1970-01-01T00:00:00.000Z',
      level: 'warn',
      area: 'links',
      message: 'A link was lost',
    });
    expect(line?.fields).toMatchObject({ sessionId: 's', error: { message: 'gone' } });
    log.close();
    log.area('links').warn('after the end');
    expect(lines(file)).toHaveLength(1);
  });

  it('leaves out what is below its level', () => {
    const log = createLog({ file, level: 'warn' });
    log.area('a').info('no');
    log.area('a').error('yes');
    expect(lines(file).map((line) => line.message)).toEqual(['yes']);
    log.close();
  });

  it.skipIf(process.platform === 'win32')('has mode 0600, also over a file that was there with another mode', () => {
    const log = createLog({ file });
    log.area('a').info('one');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'logs')).mode & 0o777).toBe(0o700);
    log.close();
    const other = join(folder, 'other.log');
    writeFileSync(other, '', { mode: 0o644 });
    const second = createLog({ file: other });
    second.area('a').info('one');
    expect(statSync(other).mode & 0o777).toBe(0o600);
    second.close();
  });

  it('redacts registered secrets and secret names at the sink', () => {
    const log = createLog({ file });
    log.redact('canary-4711');
    log.area('a').error('it was canary-4711', { text: 'x canary-4711', password: 'canary-4711', 'canary-4711': 1 });
    expect(readFileSync(file, 'utf8')).not.toContain('canary-4711');
    expect(log.clean('canary-4711')).not.toContain('canary-4711');
    log.close();
  });

  it('keeps lines bounded', () => {
    const log = createLog({ file });
    log
      .area('a')
      .info('big', Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, 'x'.repeat(10_000)])));
    expect(readFileSync(file, 'utf8').length).toBeLessThan(20_000);
    expect(lines(file)).toHaveLength(1);
    log.close();
  });

  it('rotates by size and keeps three files, across restarts too', () => {
    for (let round = 0; round < 5; round += 1) {
      const log = createLog({ file, maxFileBytes: 2_000 });
      for (let index = 0; index < 20; index += 1) log.area('a').info(`line ${round}-${index} ${'x'.repeat(60)}`);
      log.close();
    }
    expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['berth.1.log', 'berth.2.log', 'berth.log']);
    for (const name of readdirSync(join(folder, 'logs')))
      expect(statSync(join(folder, 'logs', name)).size).toBeLessThanOrEqual(2_000);
    expect(lines(file).at(-1)?.message).toContain('line 4-19');
  });

  it('never throws when it cannot write', () => {
    writeFileSync(join(folder, 'blocked'), '');
    const log = createLog({ file: join(folder, 'blocked', 'berth.log') });
    expect(() => log.area('a').info('x')).not.toThrow();
    log.close();
  });
});
