import { describe, expect, it } from 'vitest';
import { createHostKeys, fingerprintOf } from './host-keys.ts';
import { memoryStore } from './testing/test-site.ts';

function keyBlob(type: string, fill: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(40, fill)]);
}

const one = keyBlob('ssh-ed25519', 1);
const two = keyBlob('ssh-rsa', 2);
const three = keyBlob('ssh-rsa', 3);
const fail = (error: unknown): never => {
  throw error;
};

describe('host keys', () => {
  it('pins the first key that let us in and refuses another', () => {
    const keys = createHostKeys(memoryStore(), () => 0, fail);
    expect(keys.verify('site', 'a', two)).toBe(true);
    expect(keys.verify('site', 'a', one)).toBe(true);
    expect(keys.fingerprint('site', 'a')).toBeNull();
    expect(keys.pin('site', 'a', one)).toBe(true);
    expect(keys.pin('site', 'a', two)).toBe(false);
    expect(keys.verify('site', 'a', one)).toBe(true);
    expect(keys.verify('site', 'a', two)).toBe(false);
    expect(keys.verify('site', 'b', two)).toBe(true);
    expect(keys.verify('other', 'a', two)).toBe(true);
    expect(keys.fingerprint('site', 'a')).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(keys.knownHostsLine('site', 'a', 'alias')).toBe(`alias ssh-ed25519 ${one.toString('base64')}`);
  });

  it('keeps pins across restarts, and keeps the good ones when one was broken', () => {
    const store = memoryStore();
    createHostKeys(store, () => 0, fail).pin('site', 'a', one);
    store.write({ ...store.read(), pins: { ...(store.read().pins as object), 'site/b': { key: 7 } }, extra: 1 });
    const again = createHostKeys(store, () => 0, fail);
    expect(again.verify('site', 'a', two)).toBe(false);
    expect(again.verify('site', 'b', two)).toBe(true);
    expect(store.read().extra).toBe(1);
  });

  it('pins the very key that a person looked at, and no other', () => {
    const keys = createHostKeys(memoryStore(), () => 0, fail);
    const refusal = expect.objectContaining({ code: 'host-key-changed' });
    keys.pin('site', 'a', one);
    expect(() => keys.accept('site', 'a', fingerprintOf(two))).toThrow(refusal);
    expect(keys.verify('site', 'a', two)).toBe(false);
    expect(() => keys.accept('site', 'a', fingerprintOf(three))).toThrow(refusal);
    expect(() => keys.accept('site', 'b', fingerprintOf(two))).toThrow(refusal);
    keys.accept('site', 'a', fingerprintOf(two));
    expect(keys.verify('site', 'a', three)).toBe(false);
    expect(keys.verify('site', 'a', one)).toBe(false);
    expect(keys.verify('site', 'a', two)).toBe(true);
    expect(() => keys.accept('site', 'a', fingerprintOf(one))).toThrow(refusal);
  });

  it('pins in memory when the disk refuses, and says so', () => {
    const errors: unknown[] = [];
    const store = {
      ...memoryStore(),
      write: () => {
        throw new Error('disk full');
      },
    };
    const keys = createHostKeys(
      store,
      () => 0,
      (error) => errors.push(error),
    );
    expect(keys.pin('site', 'a', one)).toBe(true);
    expect(errors).toHaveLength(1);
    expect(keys.verify('site', 'a', two)).toBe(false);
  });
});
