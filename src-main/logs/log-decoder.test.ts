import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLog } from './log-decoder.ts';

async function* pieces(body: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.byteLength; at += size) yield body.subarray(at, at + size);
}

async function decode(json: string, size = 7): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of decodeLog(pieces(Buffer.from(json), size))) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** As Python's encoder writes it. */
const ascii = (text: string) =>
  JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

test('any text, in pieces of any size, as either side writes JSON', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      async (text, size, plain) => {
        const body = `{"result": {"logs": ${plain ? ascii(text) : JSON.stringify(text)}}}`;
        expect(await decode(body, size)).toBe(text);
      },
    ),
  );
});

test('no log is an empty one; halves of pairs become the replacement character', async () => {
  expect(await decode('{"result":{"logs":null}}')).toBe('');
  expect(await decode('{"result":{"logs":""}}')).toBe('');
  expect(await decode('{"result":{"logs":"a\\ud83dX\\ude00"}}', 3)).toBe('a\ufffdX\ufffd');
});

test.each([
  ['ends early', '{"result":{"logs":"abc'],
  ['another shape', '{"result":{}}'],
  ['no JSON', '{"result":{"logs":"a\\qb"}}'],
])('an answer that %s is refused', async (_name, body) => {
  await expect(decode(body)).rejects.toMatchObject({ code: 'bad-answer' });
});
