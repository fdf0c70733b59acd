/** A kept log against whole answers, as sites give them: growing, with a moving front, begun anew, cut by the bound. */
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptLog } from './kept-log.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = () => join(folder, 'site', 'session', 'main.log');
const open = () => KeptLog.open(path(), { session: 's', site: 'lab' });
const at = '2026-01-01T00:00:00.000Z';
const plenty = 1e9;

async function* answer(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
const merge = (log: KeptLog, text: string, max = plenty) => log.merge(answer(text), at, false, max);
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `line ${from + n}\n`).join('');
const content = () => readFile(path(), 'utf8');

test('takes in only what is new: the same, a longer one, one whose front has moved', async () => {
  const log = await open();
  expect(await merge(log, lines(0, 50))).toBe(true);
  expect(await merge(log, lines(0, 50))).toBe(false);
  expect(await merge(log, lines(0, 80))).toBe(true);
  // The agent keeps so many bytes, and cuts in the middle of a line.
  expect(await merge(log, lines(60, 120).slice(3))).toBe(true);
  expect(await merge(log, lines(119, 200))).toBe(true);
  expect(await content()).toBe(lines(0, 200));
  expect(log.facts.gaps).toEqual([]);
  expect(log.lines).toBe(200);
  await log.close();
});

test('says where a part is missing that the site had dropped before Berth asked', async () => {
  const log = await open();
  await merge(log, `${lines(0, 10)}unfinished`);
  expect(await merge(log, lines(500, 510))).toBe(true);
  expect(log.facts.gaps).toEqual([11]);
  expect((await log.read(10, 2)).lines.map(({ text }) => text)).toEqual(['unfinished', 'line 500']);
  expect(await merge(log, lines(500, 512))).toBe(true);
  expect(log.lines).toBe(23);
  await log.close();
});

test('an answer that is empty or shorter takes nothing away', async () => {
  const log = await open();
  await merge(log, lines(0, 10));
  expect(await merge(log, '')).toBe(false);
  expect(await merge(log, lines(0, 4))).toBe(false);
  expect(await content()).toBe(lines(0, 10));
  await log.close();
});

test('nothing is lost or doubled, however the text grows and its front moves', async () => {
  const step = fc.record({ fresh: fc.integer({ min: 0, max: 60 }), front: fc.double({ min: 0, max: 1, noNaN: true }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      await rm(join(folder, 'site'), { recursive: true, force: true });
      const log = await open();
      let written = 0;
      let front = 0;
      for (const { fresh, front: share } of steps) {
        const seen = lines(0, written).length;
        written += fresh;
        const answered = lines(0, written).slice(front);
        if (answered !== '') await merge(log, answered);
        // It moves to anywhere, also into a line, but never past the last line that was seen: then no part is missing.
        front = Math.max(front, Math.floor(share * Math.max(0, seen - 12)));
      }
      await log.close();
      expect(await content()).toBe(lines(0, written));
      expect(log.facts.gaps).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('stays within its bound by dropping whole lines at the front, and goes on', async () => {
  const log = await open();
  await merge(log, lines(0, 1000), 4000);
  expect(log.facts.bytes).toBeLessThanOrEqual(4000);
  const first = 1000 - log.lines;
  expect(await content()).toBe(lines(first, 1000));
  expect(log.facts.dropped).toBe(first);
  expect(log.epoch).toBe(2);
  await log.close();
});

test('opens again with what is known of it; text that a crash left half written is asked for again', async () => {
  const log = await open();
  await merge(log, lines(0, 100));
  await log.end();
  await log.close();
  await appendFile(path(), 'half of an ans');
  const again = await open();
  expect(again.facts).toMatchObject({ ended: true, bytes: lines(0, 100).length, session: 's' });
  expect(again.lines).toBe(100);
  await again.close();
  expect(await content()).toBe(lines(0, 100));
});

test('is private, also over a file that was there with another mode', async () => {
  await mkdir(dirname(path()), { recursive: true, mode: 0o700 });
  await writeFile(path(), '', { mode: 0o644 });
  const log = await open();
  await merge(log, 'secret of mine\n');
  await log.close();
  for (const file of [path(), `${path()}.json`]) expect((await stat(file)).mode & 0o077).toBe(0);
  expect((await stat(join(folder, 'site', 'session'))).mode & 0o077).toBe(0);
});

test('reads any part by the line, cuts what is too long, tells the colours in force', async () => {
  const log = await open();
  const long = 'x'.repeat(100_000);
  await merge(log, `${lines(0, 70)}\u001b[32mgreen\n${lines(71, 130)}${long}\nlast\r\nopen`);
  expect(await log.read(70, 1)).toEqual({ sgr: '', lines: [{ text: '\u001b[32mgreen', cut: false }] });
  expect(await log.read(129, 10)).toEqual({
    sgr: '32',
    lines: [
      { text: 'line 129', cut: false },
      { text: 'x'.repeat(16 * 1024), cut: true },
      { text: 'last', cut: false },
      { text: 'open', cut: false },
    ],
  });
  expect((await log.read(500, 5)).lines).toEqual([]);
  await log.close();
});

test('finds in one endless line, as progress bars write it, what lies across pieces of the file', async () => {
  const log = await open();
  // Every edge of a piece falls into some word, letter or sequence.
  const text = `${'ab한\u001b[32mcd\u001b[0m\r'.repeat(30_000)}\nlast`;
  await merge(log, text);
  const found = await log.search('ab한cd', true, new AbortController().signal);
  expect(found).toEqual({ lines: [0], matches: 30_000, complete: true });
  expect((await log.search('last', true, new AbortController().signal)).lines).toEqual([1]);
  await log.close();
});

test('finds what a plain search of the text finds, without escape sequences', async () => {
  const log = await open();
  const text = Array.from(
    { length: 30_000 },
    (_, n) => `step ${n} \u001b[1mLoss\u001b[0m=${(n * 7) % 1000} 한글 ${'.'.repeat(n % 90)}`,
  ).join('\n');
  await merge(log, text);
  const { signal } = new AbortController();
  const plain = text.replaceAll('\u001b[1m', '').replaceAll('\u001b[0m', '').split('\n');
  for (const wanted of ['Loss=42', 'step 2999', '한글', 'nowhere', '..']) {
    const found = await log.search(wanted, true, signal);
    expect(found.lines).toEqual(plain.flatMap((line, n) => (line.includes(wanted) ? [n] : [])));
    expect(found.matches).toBe(plain.reduce((sum, line) => sum + line.split(wanted).length - 1, 0));
    expect(found.complete).toBe(true);
  }
  expect((await log.search('loss=42', false, signal)).matches).toBeGreaterThan(0);
  expect((await log.search('loss=42', true, signal)).matches).toBe(0);
  const stopped = new AbortController();
  stopped.abort();
  expect((await log.search('step', true, stopped.signal)).complete).toBe(false);
  await log.close();
});
