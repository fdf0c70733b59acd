/**
 * Sign-in by e-mail and password against the sandbox's real webserver and manager, old (answers told apart by their words)
 * and new (typed): everything an account may want, work through `/func/`, refused handshakes, an ended sign-in, a block, a sign-out.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SignInInput, SignInStep } from '../../src-preload/contract/sites.ts';
import { totpCode } from '../../src-sandbox/auth/totp.ts';
import { type AccountInfo, type Sandbox, startSandbox } from '../../src-sandbox/sandbox.ts';
import { RuntimeDouble } from '../../src-sandbox/testing/kernel-double.ts';
import { siteWire } from '../backend/site-wire.ts';
import { until } from '../backend/testing.ts';
import { systemClock } from '../base/clock.ts';
import { SitesService } from './sites-service.ts';
import { MemoryDocument, MemorySecrets, quietLog } from './testing.ts';

const doors = [
  ['legacy', 'webserver'],
  ['current', 'webserver'],
  ['legacy', 'manager'],
  ['current', 'manager'],
] as const;

describe.each(doors)('%s site, %s', (manager, door) => {
  let dataDir = '';
  let sandbox: Sandbox;
  let sites: SitesService;
  let faults = '';

  const account = (kind: AccountInfo['kind']): AccountInfo => {
    const found = sandbox.info.accounts.find((it) => it.kind === kind);
    if (found === undefined) throw new Error(kind);
    return found;
  };
  const endpoint = () => (door === 'webserver' ? (sandbox.info.webserver ?? '') : sandbox.info.endpoint);
  const as = ({ email, password }: { email: string; password: string }): SignInInput => ({
    mode: 'password',
    endpoint: endpoint(),
    email,
    password,
    domain: 'default',
  });
  const attemptOf = (step: SignInStep): string => {
    if (step.step === 'done') throw new Error('Already in');
    return step.attempt;
  };
  const state = () => sites.list()[0]?.accounts[0];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'berth-sign-in-'));
    faults = join(dataDir, 'faults.json');
    await writeFile(faults, '{}');
    const runtime = new RuntimeDouble(dataDir);
    sandbox = await startSandbox({
      dataDir,
      port: 0,
      manager,
      madeUp: 3,
      paceMs: 5,
      runtime,
      webserver: true,
      faults,
      log: () => undefined,
    });
    sites = new SitesService({
      documents: new MemoryDocument(),
      secrets: new MemorySecrets(),
      emit: () => undefined,
      clock: systemClock,
      wire: siteWire,
      log: quietLog,
    });
  });

  afterEach(async () => {
    sites.dispose();
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('lets in by password, and works: GraphQL, REST, events, handshakes', async () => {
    expect(await sites.probe(endpoint())).toMatchObject({
      reachable: true,
      modes: [door === 'webserver' ? 'session' : 'api'],
    });
    const main = account('main');
    await expect(sites.signIn(as({ ...main, password: 'wrong' }))).rejects.toMatchObject({ code: 'wrong-password' });
    const step = await sites.signIn(as(main));
    if (step.step !== 'done') throw new Error(step.step);
    expect(state()).toMatchObject({ state: 'signed-in', label: main.email, accessKey: main.accessKey });
    const api = sites.api(step.accountId);
    const { sessions } = await api.sessionPage({ finished: false, offset: 0, limit: 50 });
    expect(sessions.length).toBeGreaterThan(0);
    expect((await api.folders()).length).toBeGreaterThan(0);
    const running = sessions.find(({ family }) => family === 'running');
    let opened = false;
    const events = api.events({ onOpen: () => (opened = true), onEvent: () => undefined, onClose: () => undefined });
    await until(() => opened);
    events.dispose();
    // Made-up sessions have no services: a webserver's 502 hides that, and Berth finds it out.
    await expect(api.openTunnel(running?.id ?? '', 'sshd', 'tcpproxy')).rejects.toMatchObject({
      code: door === 'webserver' ? 'service-unknown' : 'service-failed',
    });
    await expect(api.openTunnel(crypto.randomUUID(), 'sshd', 'tcpproxy')).rejects.toMatchObject({
      code: 'session-gone',
    });
    await sites.signOut(step.accountId);
    expect(sites.list()).toMatchObject([{ accounts: [] }]);
  });

  it('asks for a one-time code', async () => {
    const { totpSecret = '', ...person } = account('one-time-code');
    const step = await sites.signIn(as(person));
    expect(step).toMatchObject({ step: 'code', wrong: false });
    const attempt = attemptOf(step);
    expect(await sites.reply({ reply: 'code', attempt, code: '000000' })).toMatchObject({ step: 'code', wrong: true });
    const code = totpCode(totpSecret, Date.now());
    expect(await sites.reply({ reply: 'code', attempt, code })).toMatchObject({ step: 'done' });
  });

  it('sets a second factor up where the site tells how', async () => {
    const step = await sites.signIn(as(account('must-enrol')));
    const attempt = attemptOf(step);
    if (step.step !== 'enrol') throw new Error(step.step);
    // Older sites hand out no token, so only their web page can do it.
    expect(step.secret === null).toBe(manager === 'legacy');
    if (step.secret === null) return;
    const code = totpCode(step.secret, Date.now());
    expect(await sites.reply({ reply: 'enrolled', attempt, code: '000000' })).toMatchObject({
      step: 'enrol',
      wrong: true,
    });
    expect(await sites.reply({ reply: 'enrolled', attempt, code })).toMatchObject({ step: 'done' });
  });

  it('changes an expired password', async () => {
    const person = account('expired-password');
    const step = await sites.signIn(as(person));
    expect(step).toMatchObject({ step: 'new-password', refused: null });
    const attempt = attemptOf(step);
    const change = (password: string) => sites.reply({ reply: 'new-password', attempt, password });
    expect(await change('short')).toMatchObject({ step: 'new-password', refused: expect.stringMatching(/short/) });
    expect(await change(person.password)).toMatchObject({
      step: 'new-password',
      refused: expect.stringMatching(/same/),
    });
    expect(await change('longer-than-before')).toMatchObject({ step: 'done' });
  });

  if (door === 'manager') return;

  it('is blocked after ten failures, and told apart from a wrong password', async () => {
    const wrong = () => sites.signIn(as({ ...account('main'), password: 'wrong' }));
    for (let count = 0; count < 10; count++) await expect(wrong()).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(sites.signIn(as(account('main')))).rejects.toMatchObject({ code: 'login-blocked' });
  });

  it('notices an ended sign-in at the next call, and goes on after another', async () => {
    const step = await sites.signIn(as(account('main')));
    if (step.step !== 'done') throw new Error(step.step);
    await writeFile(faults, JSON.stringify({ now: ['expire-logins'] }));
    await until(() => {
      // What a window would do; the first refusal is known to all of Berth.
      sites
        .api(step.accountId)
        .folders()
        .catch(() => undefined);
      return state()?.state === 'signed-out';
    }).catch(() => undefined);
    expect(state()).toMatchObject({
      state: 'signed-out',
      error: { code: 'unauthorised', params: { reason: 'expired' } },
    });
    expect(await sites.signIn(as(account('main')))).toEqual({ step: 'done', accountId: step.accountId });
    expect((await sites.api(step.accountId).folders()).length).toBeGreaterThan(0);
  });
});
