import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SseMessage, SseParser } from './sse.ts';

const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\r\n\u2028\u2029]/g, ' '));
const messages = fc.array(
  fc.record({
    event: fc.constantFrom('session_started', 'kernel_pulling', '세션'),
    data: fc.array(line, { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 5 },
);

function parse(bytes: Uint8Array, cuts: readonly number[]): SseMessage[] {
  const parser = new SseParser();
  const out: SseMessage[] = [];
  let start = 0;
  for (const cut of [...cuts].map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b)) {
    out.push(...parser.push(bytes.subarray(start, cut)));
    start = cut;
  }
  out.push(...parser.push(bytes.subarray(start)));
  return out;
}

describe('SseParser', () => {
  it('gives the same messages however the bytes are cut', () => {
    fc.assert(
      fc.property(
        messages,
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
        (list, newline, cuts) => {
          const text = list
            .map(({ event, data }) =>
              [': ping', `event: ${event}`, 'retry: 5', ...data.map((part) => `data: ${part}`), '', ''].join(newline),
            )
            .join('');
          // A CR at the end might be half of CR LF, so a further line proves that the last message is over.
          const bytes = new TextEncoder().encode(`${text}: end${newline}`);
          expect(parse(bytes, cuts)).toEqual(list.map(({ event, data }) => ({ event, data: data.join('\n') })));
        },
      ),
    );
  });

  it('knows fields without a space, without a value, and events without a name', () => {
    const bytes = new TextEncoder().encode('data:a\ndata\ndata: b\n\nevent: x\n\nid: 7\ndata: c\n\n');
    expect(parse(bytes, [])).toEqual([
      { event: 'message', data: 'a\n\nb' },
      { event: 'message', data: 'c' },
    ]);
  });

  it('refuses a message without end', () => {
    const parser = new SseParser();
    const block = new TextEncoder().encode(`data: ${'x'.repeat(100_000)}\n`);
    expect(() => {
      for (let count = 0; count < 20; count++) parser.push(block);
    }).toThrow(RangeError);
  });
});
