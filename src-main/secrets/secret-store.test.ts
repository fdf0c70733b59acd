import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createLog, silentLog } from '../log/log.ts';
import { type Keytar, keytarOf } from './keychain.ts';
import { createSecretStore } from './secret-store.ts';
import { testSecretStore } from './testing/secret-store-contract.ts';

function fakeKeytar(): Keytar & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    getPassword: async (service, account) => values.get(`${service}/${account}`) ?? null,
    setPassword: async (service, account, password) => {
      values.set(`${service}/${account}`, password);
    },
    deletePassword: async (service, account) => values.delete(`${service}/${account}`),
  };
}

function osStore(keytar: Keytar | Error, env: Record<string, string> = {}) {
  return createSecretStore({
    kind: 'os',
    service: 'Berth',
    log: silentLog(),
    platform: 'linux',
    env,
    loadKeytar: async () => {
      if (keytar instanceof Error) throw keytar;
      return keytar;
    },
  });
}

describe('memory', () => {
  testSecretStore(() => createSecretStore({ kind: 'memory', service: 'Berth', log: silentLog() }));

  it('says that it was chosen and loads no keychain', async () => {
    const loadKeytar = vi.fn();
    const store = createSecretStore({ kind: 'memory', service: 'Berth', log: silentLog(), loadKeytar });
    expect(await store.check()).toEqual({ kind: 'memory', chosen: true });
    await store.set('a', 'b');
    expect(loadKeytar).not.toHaveBeenCalled();
  });
});

describe('a keychain that works', () => {
  testSecretStore(() => osStore(fakeKeytar()));

  it('is checked without writing anything', async () => {
    const keytar = fakeKeytar();
    const setPassword = vi.spyOn(keytar, 'setPassword');
    expect(await osStore(keytar).check()).toEqual({ kind: 'os', chosen: false });
    expect(setPassword).not.toHaveBeenCalled();
  });
});

describe('a keychain that cannot be used', () => {
  it.each([
    ['the addon does not load', osStore(new Error('Failed to load keytar native addon'))],
    [
      'there is no service',
      osStore({
        getPassword: () => Promise.reject(new Error('no service')),
        setPassword: () => Promise.reject(new Error('no service')),
        deletePassword: () => Promise.reject(new Error('no service')),
      }),
    ],
  ])('leaves memory, and says why, when %s', async (_what, store) => {
    expect(await store.check()).toMatchObject({
      kind: 'memory',
      chosen: false,
      detail: expect.stringMatching(/keytar|service/),
    });
    await store.set('a', 'secret-a');
    expect(await store.get('a')).toBe('secret-a');
    await store.delete('a');
    await expect(store.get('a')).rejects.toMatchObject({ code: 'secrets-unavailable' });
  });

  it('that only refuses to store keeps the value in memory, and comes back when it stores again', async () => {
    const keytar = fakeKeytar();
    const refuse = vi
      .spyOn(keytar, 'setPassword')
      .mockRejectedValueOnce(new Error('Cannot create an item in a locked collection'));
    const store = osStore(keytar);
    await store.set('a', 'secret-a');
    expect(store.state).toEqual({
      kind: 'memory',
      chosen: false,
      detail: 'Cannot create an item in a locked collection',
    });
    expect(await store.get('a')).toBe('secret-a');
    expect(keytar.values.size).toBe(0);
    await store.set('a', 'secret-b');
    expect(store.state).toEqual({ kind: 'os', chosen: false });
    expect(refuse).toHaveBeenCalledTimes(2);
    expect(keytar.values.get('Berth/a')).toBe('secret-b');
  });

  it('that waits for a person is locked after the limit, and gets no second call meanwhile', async () => {
    vi.useFakeTimers();
    let answer: (value: string) => void = () => {};
    const getPassword = vi.fn(
      () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
    );
    const store = osStore({ ...fakeKeytar(), getPassword });
    const first = store.get('a').catch((error: unknown) => error);
    const second = store.get('b').catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5_001);
    expect(await first).toMatchObject({ code: 'secrets-locked' });
    expect(await second).toMatchObject({ code: 'secrets-locked' });
    expect(getPassword).toHaveBeenCalledTimes(1);
    answer('late');
    const third = store.get('c');
    await vi.advanceTimersByTimeAsync(1);
    answer('b');
    await vi.advanceTimersByTimeAsync(1);
    answer('c');
    expect(await third).toBe('c');
    vi.useRealTimers();
  });

  it('gives a person a minute where a prompt can be seen', async () => {
    vi.useFakeTimers();
    const store = osStore({ ...fakeKeytar(), getPassword: () => new Promise(() => {}) }, { DISPLAY: ':0' });
    let outcome: unknown = null;
    store.get('a').catch((error: unknown) => {
      outcome = error;
    });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(outcome).toBeNull();
    await vi.advanceTimersByTimeAsync(1_001);
    expect(outcome).toMatchObject({ code: 'secrets-locked' });
    vi.useRealTimers();
  });
});

describe('every store', () => {
  it('tells the log what to take out before anything can be logged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'berth-secrets-'));
    const log = createLog({ file: join(folder, 'berth.log') });
    const keytar = fakeKeytar();
    keytar.values.set('Berth/old', '{"secretKey":"canary-old-1"}');
    const store = createSecretStore({ kind: 'os', service: 'Berth', log, loadKeytar: async () => keytar });
    await store.set('new', 'canary-new-2');
    await store.get('old');
    log.area('a').info('x', { text: 'canary-new-2 canary-old-1' });
    log.close();
    expect(readFileSync(log.file, 'utf8')).not.toContain('canary');
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('keytarOf', () => {
  it('finds the functions wherever a loader put them', () => {
    const keytar = fakeKeytar();
    expect(keytarOf(keytar)).toBe(keytar);
    expect(keytarOf({ default: keytar })).toBe(keytar);
    expect(keytarOf({ default: { default: keytar } })).toBe(keytar);
    expect(keytarOf({ getPassword: keytar.getPassword, default: keytar })).toBe(keytar);
    expect(() => keytarOf({})).toThrow();
  });
});
