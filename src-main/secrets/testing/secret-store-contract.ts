/** What every SecretStore must do; run against each implementation. */
import { expect, it } from 'vitest';
import type { SecretStore } from '../../hosts/host.ts';

export function testSecretStore(make: () => SecretStore): void {
  it('answers null for what was never stored', async () => {
    expect(await make().get('contract-none')).toBeNull();
  });

  it('keeps, replaces and forgets values, in any script and length', async () => {
    const store = make();
    for (const value of ['plain', 'pass wörd 비밀번호 🔑\nsecond "line"', 'x'.repeat(16_384)]) {
      await store.set('contract-a', value);
      expect(await store.get('contract-a')).toBe(value);
    }
    await store.set('contract-b', 'other');
    await store.delete('contract-a');
    expect(await store.get('contract-a')).toBeNull();
    expect(await store.get('contract-b')).toBe('other');
    await store.delete('contract-b');
  });

  it('forgets what is not there without complaint', async () => {
    await make().delete('contract-none');
  });

  it('serves many at once', async () => {
    const store = make();
    const names = Array.from({ length: 20 }, (_, index) => `contract-many-${index}`);
    await Promise.all(names.map((name) => store.set(name, `value of ${name}`)));
    expect(await Promise.all(names.map((name) => store.get(name)))).toEqual(names.map((name) => `value of ${name}`));
    await Promise.all(names.map((name) => store.delete(name)));
  });
}
