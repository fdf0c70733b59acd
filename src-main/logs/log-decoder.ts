/**
 * Takes the log out of `{"result":{"logs":"…"}}` while the answer is still arriving (API reference, section 4.6): a log of
 * hundreds of megabytes never stands in memory as one text.
 */
import { BerthError } from '../base/berth-error.ts';

/** The key must come within this; in real answers it stands in the first 20 bytes. */
const maxHead = 64 * 1024;
const quote = 0x22;
const backslash = 0x5c;
const simple: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  b: 8,
  f: 12,
  '"': quote,
  '\\': backslash,
  '/': 0x2f,
};

/** UTF-8 bytes of the log, in order. Throws BerthError `bad-answer` for anything else, also one that ends early. */
export async function* decodeLog(answer: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  const text = new StringBytes();
  let done = false;
  for await (const chunk of answer) {
    if (done) continue;
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head !== null) {
      head = Buffer.concat([head, rest]);
      const found = /"logs"\s*:\s*(?:(")|null)/.exec(head.toString('latin1'));
      if (found === null) {
        if (head.byteLength > maxHead) throw badAnswer('shape');
        continue;
      }
      if (found[1] === undefined) {
        done = true;
        continue;
      }
      rest = head.subarray(found.index + found[0].length);
      head = null;
    }
    const out = text.push(rest);
    if (out.byteLength > 0) yield out;
    done = text.ended;
  }
  if (!done) throw badAnswer(head === null ? 'truncated' : 'shape');
}

function badAnswer(reason: string): BerthError {
  return new BerthError('bad-answer', { place: 'manager', retry: 'auto', params: { path: 'logs', reason } });
}

/** The inside of one JSON string, fed in pieces that may end anywhere. */
class StringBytes {
  ended = false;
  /** An escape that has begun: everything after its backslash. */
  #escape: string | null = null;
  /** First half of a surrogate pair. */
  #high = 0;

  push(input: Buffer): Buffer {
    // Unescaping never makes a text longer, but half a pair left over from before may still come out as three bytes.
    const out = Buffer.allocUnsafe(input.byteLength + 16);
    let size = 0;
    let at = 0;
    const put = (code: number) => {
      size += out.write(String.fromCodePoint(code), size, 'utf8');
    };
    const loneHigh = () => {
      if (this.#high === 0) return;
      this.#high = 0;
      put(0xfffd);
    };
    while (at < input.byteLength && !this.ended) {
      const byte = input[at++] ?? 0;
      if (this.#escape !== null) {
        this.#escape += String.fromCharCode(byte);
        if (this.#escape.startsWith('u') && this.#escape.length < 5) continue;
        const whole = this.#escape;
        this.#escape = null;
        const code = whole.startsWith('u') ? Number.parseInt(whole.slice(1), 16) : simple[whole];
        if (code === undefined || Number.isNaN(code)) throw badAnswer('not-json');
        if (code >= 0xdc00 && code <= 0xdfff && this.#high !== 0) {
          put(0x10000 + ((this.#high - 0xd800) << 10) + (code - 0xdc00));
          this.#high = 0;
        } else {
          loneHigh();
          if (code >= 0xd800 && code <= 0xdbff) this.#high = code;
          else if (code < 0x80) out[size++] = code;
          else put(code >= 0xdc00 && code <= 0xdfff ? 0xfffd : code);
        }
      } else if (byte === backslash) this.#escape = '';
      else {
        if (this.#high !== 0) loneHigh();
        if (byte === quote) this.ended = true;
        else out[size++] = byte;
      }
    }
    return out.subarray(0, size);
  }
}
