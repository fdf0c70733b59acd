import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MessageReader,
  MessageSplitter,
  message,
  SftpFormatError,
  statusOf,
  text,
  uint32,
  uint64,
} from './sftp-wire.ts';

describe('MessageSplitter', () => {
  it('finds the same messages however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 50 })),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (bodies, cuts) => {
          const whole = Buffer.concat(bodies.map((body) => message(5, Buffer.from(body))));
          const splitter = new MessageSplitter();
          const found: Buffer[] = [];
          for (let at = 0, turn = 0; at < whole.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            found.push(...splitter.push(whole.subarray(at, at + size)));
            at += size;
          }
          expect(found.map((one) => one.subarray(1).toString('hex'))).toEqual(
            bodies.map((body) => Buffer.from(body).toString('hex')),
          );
        },
      ),
    );
  });

  it('refuses lengths that no client sends', () => {
    expect(() => [...new MessageSplitter().push(uint32(0))]).toThrow(SftpFormatError);
    expect(() => [...new MessageSplitter().push(uint32(300 * 1024))]).toThrow(SftpFormatError);
  });
});

describe('MessageReader', () => {
  it('keeps every byte of a name', () => {
    const name = Buffer.from([0, 255, 47, 128]).toString('latin1');
    expect(new MessageReader(text(name)).name()).toBe(name);
  });

  it('refuses what is shorter than it says, and offsets beyond any file', () => {
    expect(() => new MessageReader(uint32(9)).name()).toThrow(SftpFormatError);
    expect(() => new MessageReader(Buffer.alloc(3)).uint32()).toThrow(SftpFormatError);
    expect(() => new MessageReader(uint64(2n ** 60n)).uint64()).toThrow(SftpFormatError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          new MessageReader(Buffer.from(bytes)).attributes();
        } catch (error) {
          expect(error).toBeInstanceOf(SftpFormatError);
        }
      }),
    );
  });
});

describe('statusOf', () => {
  it.each([
    ['ENOENT', 2],
    ['EACCES', 3],
    ['EINVAL', 5],
    ['ENOSYS', 8],
    ['EEXIST', 4],
    [undefined, 4],
  ])('%s is %d', (code, expected) => {
    expect(statusOf({ code })).toBe(expected);
  });
});
