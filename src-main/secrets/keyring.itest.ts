import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type BuiltProgram, buildProgram } from '../hosts/browser/testing/build-program.ts';
import { silentLog } from '../log/log.ts';
import { createSecretStore } from './secret-store.ts';
import { type Keyring, keyringProblem, startKeyring } from './testing/keyring.ts';
import { testSecretStore } from './testing/secret-store-contract.ts';

const problem = keyringProblem();
if (problem !== null) console.warn(`The keyring tests are skipped: ${problem}.`);

describe.skipIf(problem !== null)('the system keychain', () => {
  let program: BuiltProgram;
  let keyring: Keyring;

  async function run(
    env: Record<string, string>,
    ...steps: string[][]
  ): Promise<{ results: unknown[]; state: unknown }> {
    const { stdout } = await promisify(execFile)(process.execPath, [program.file, JSON.stringify(steps)], {
      env,
      timeout: 30_000,
    });
    return JSON.parse(stdout) as { results: unknown[]; state: unknown };
  }

  beforeAll(async () => {
    program = await buildProgram('src-main/secrets/testing/store-program.ts');
    keyring = await startKeyring();
    // This worker is a process of its own, so libsecret sees these.
    Object.assign(process.env, keyring.env);
  });

  afterAll(async () => {
    program.dispose();
    await keyring.dispose();
  });

  describe('holds the contract', () => {
    testSecretStore(() => createSecretStore({ kind: 'os', service: 'Berth', log: silentLog() }));
  });

  it('keeps a secret from one process to the next', async () => {
    const value = 'geheim 비밀 "1"';
    expect(await run(keyring.env, ['check'], ['set', 'account:a', value])).toEqual({
      results: ['os', 'os'],
      state: { kind: 'os', chosen: false },
    });
    expect(
      (await run(keyring.env, ['get', 'account:a'], ['delete', 'account:a'], ['get', 'account:a'])).results,
    ).toEqual([value, 'os', null]);
  });

  it("without a bus is memory, said in the system's words, and loses nothing while it runs", async () => {
    const { results, state } = await run(
      { PATH: process.env.PATH ?? '', HOME: '/nonexistent' },
      ['get', 'a'],
      ['set', 'a', 'value'],
      ['get', 'a'],
    );
    expect(results).toEqual(['secrets-unavailable', 'memory', 'value']);
    expect(state).toMatchObject({ kind: 'memory', chosen: false, detail: expect.stringContaining('D-Bus') });
  });

  it('with a bus that is not there, or has no such service, is memory too', async () => {
    const broken = { ...keyring.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    expect(await run(broken, ['check'])).toMatchObject({ results: ['memory'], state: { chosen: false } });
    const empty = await startKeyring(false);
    onTestFinished(() => empty.dispose());
    expect(await run(empty.env, ['check'], ['set', 'a', 'value'], ['get', 'a'])).toMatchObject({
      results: ['memory', 'memory', 'value'],
      state: { kind: 'memory', chosen: false, detail: expect.stringContaining('org.freedesktop.secrets') },
    });
  });

  it('that is locked answers null for what it holds, and takes nothing: memory', async () => {
    await run(keyring.env, ['set', 'account:b', 'still here']);
    keyring.lock();
    const { results, state } = await run(
      keyring.env,
      ['check'],
      ['get', 'account:b'],
      ['set', 'account:c', 'value'],
      ['get', 'account:c'],
    );
    expect(results).toEqual(['os', null, 'memory', 'value']);
    expect(state).toMatchObject({ kind: 'memory', chosen: false, detail: expect.stringContaining('locked') });
  });
});
