import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { duplexPair } from './duplex-pair.ts';

const wait = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('duplexPair', () => {
  it('carries bytes both ways and half-closes', async () => {
    const [a, b] = duplexPair();
    const data = randomBytes(3_000_000);
    const hash = createHash('sha256');
    b.on('data', (part: Buffer) => hash.update(part));
    b.on('end', () => b.end(hash.digest('hex')));
    a.end(data);
    let text = '';
    for await (const part of a) text += String(part);
    expect(text).toBe(createHash('sha256').update(data).digest('hex'));
  });

  it('makes a writer wait for a reader that does not read', async () => {
    const [a] = duplexPair();
    let taken = 0;
    for (let count = 0; count < 100; count += 1) a.write(Buffer.alloc(64 * 1024), () => (taken += 1));
    await wait();
    expect(taken).toBeLessThan(10);
    expect(a.writableNeedDrain).toBe(true);
  });

  it('never delivers while the writer is still on the stack', () => {
    const [a, b] = duplexPair();
    let delivered = false;
    b.on('data', () => {
      delivered = true;
    });
    b.resume();
    a.write('x');
    expect(delivered).toBe(false);
  });

  it('ends the other side when one is destroyed, after what was already sent', async () => {
    const [a, b] = duplexPair();
    b.on('error', () => {});
    a.write('last');
    await wait();
    a.destroy();
    let text = '';
    for await (const part of b) text += String(part);
    expect(text).toBe('last');
    await wait();
    expect(b.destroyed).toBe(true);
  });

  it('fails a write to a side that is gone', async () => {
    const [a, b] = duplexPair();
    const failed = new Promise((resolve) => a.once('close', resolve));
    a.on('error', () => {});
    b.destroy();
    await failed;
    expect(a.writable).toBe(false);
  });
});
