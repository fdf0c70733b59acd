import { describe, expect, it } from 'vitest';
import type { SignInInput } from '../../src-preload/contract/sites.ts';
import type { Credential } from '../backend/credential.ts';
import type { Probed } from '../backend/probe.ts';
import type { Identity } from '../backend/site-api.ts';
import { siteWire } from '../backend/site-wire.ts';
import type { LoginOutcome } from '../backend/webserver.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Emit } from '../handlers.ts';
import { FakeClock, FakeSite, settle } from '../sessions/testing.ts';
import { nextColour, sitePalette } from './colour-policy.ts';
import { SitesService } from './sites-service.ts';
import { MemoryDocument, MemorySecrets, quietLog } from './testing.ts';

const canary = 'canary-secret-5f1c';
const identity: Identity = { email: 'me@example.com', fullName: 'Me', domain: 'default', role: 'user', projects: [] };
const input = { endpoint: 'https://api.example.com', mode: 'api', accessKey: 'AK1', secretKey: canary } as const;

class World {
  readonly documents = new MemoryDocument();
  readonly secrets = new MemorySecrets();
  readonly clock = new FakeClock();
  readonly written: unknown[] = [];
  readonly redacted: string[] = [];
  probeFailure: BerthError | null = null;
  identityFailure: BerthError | null = null;
  /** What a sign-in by e-mail and password comes to. */
  door: LoginOutcome | null = null;
  loginKnown = true;
  readonly loggedOut: Credential[] = [];

  open(): SitesService {
    const emit: Emit = (...event) => this.written.push(event);
    const log = { ...quietLog, warn: (...line: unknown[]) => this.written.push(line) };
    return new SitesService({
      documents: this.documents,
      secrets: this.secrets,
      emit,
      clock: this.clock,
      log,
      redact: (secret) => this.redacted.push(secret),
      random: () => 0.5,
      wire: {
        ...siteWire,
        probe: async (endpoint): Promise<Probed> => {
          if (this.probeFailure !== null) throw this.probeFailure;
          const hello = { announced: 'v8.20240915', manager: '24.09.5' };
          return { endpoint, mode: 'api', modes: ['api'], hello, skewMs: 0, config: null };
        },
        openDoor: () => {
          const outcome = this.door;
          if (outcome === null) throw new Error('nobody signs in like this here');
          const unused = () => Promise.reject(new Error('not part of this test'));
          return {
            mode: 'session',
            login: async () => outcome,
            changePassword: unused,
            startEnrolment: unused,
            finishEnrolment: unused,
            dispose: () => undefined,
          };
        },
        loginCheck: async () => this.loginKnown,
        extendLogin: async () => Date.UTC(2026, 1, 1),
        logout: async ({ credential }) => void this.loggedOut.push(credential),
        openAccount: () =>
          Object.assign(new FakeSite(), {
            identity: async () => {
              if (this.identityFailure !== null) throw this.identityFailure;
              return identity;
            },
          }),
      },
    });
  }
}

const person = {
  mode: 'password',
  endpoint: 'https://web.example.com',
  email: 'a',
  password: 'b',
  domain: 'default',
} as const;

async function signIn(service: SitesService, what: SignInInput): Promise<string> {
  const step = await service.signIn(what);
  if (step.step !== 'done') throw new Error(`Still at ${step.step}`);
  return step.accountId;
}

const offline = new BerthError('offline', { place: 'site', retry: 'auto' });
const refused = new BerthError('unauthorised', { place: 'manager' });
const state = (service: SitesService) => service.list()[0]?.accounts[0];

describe('SitesService', () => {
  it('signs in, remembers, and comes back', async () => {
    const world = new World();
    const accountId = await signIn(world.open(), input);
    const again = world.open();
    again.restore();
    expect(state(again)?.state).toBe('connecting');
    await settle();
    expect(state(again)).toMatchObject({
      id: accountId,
      state: 'signed-in',
      label: 'me@example.com',
      secretKeptIn: 'os',
    });
    expect(again.api(accountId)).toBeDefined();
    expect(again.site(accountId)).toMatchObject({ name: 'api.example.com', colour: sitePalette[0] });
    expect(world.redacted).toContain(canary);
  });

  it('never writes a secret to the document, an event or the log', async () => {
    const world = new World();
    const service = world.open();
    const accountId = await signIn(service, input);
    world.secrets.failure = new BerthError('secrets-unavailable', { place: 'computer', detail: 'gone' });
    await service.signIn({ ...input, accessKey: 'AK2' });
    service.report(accountId, offline);
    await settle();
    expect(JSON.stringify([world.documents.read(), world.written, service.list(), service])).not.toContain(canary);
  });

  it('stores nothing when the site refuses', async () => {
    const world = new World();
    const service = world.open();
    world.identityFailure = refused;
    await expect(service.signIn(input)).rejects.toBe(refused);
    world.identityFailure = null;
    world.probeFailure = offline;
    await expect(service.signIn(input)).rejects.toBe(offline);
    expect([world.documents.read(), world.secrets.values.size, service.list()]).toEqual([{}, 0, []]);
  });

  it('takes a secret that the keychain does not give for a locked keychain', async () => {
    const world = new World();
    const accountId = await signIn(world.open(), input);
    const kept = new Map(world.secrets.values);
    world.secrets.values.clear();
    const service = world.open();
    service.restore();
    await settle();
    expect(state(service)).toMatchObject({ state: 'locked', error: { code: 'secrets-locked' }, secretKeptIn: 'os' });
    expect(() => service.api(accountId)).toThrow(expect.objectContaining({ code: 'secrets-locked' }));
    for (const [name, value] of kept) world.secrets.values.set(name, value);
    await service.reconnect(accountId);
    expect(state(service)?.state).toBe('signed-in');
    world.secrets.failure = new BerthError('secrets-unavailable', { place: 'computer' });
    const third = world.open();
    third.restore();
    await settle();
    expect(state(third)).toMatchObject({ state: 'locked', error: { code: 'secrets-unavailable' } });
  });

  it('signs in without a keychain, and is signed out after a restart', async () => {
    const world = new World();
    world.secrets.failure = new BerthError('secrets-unavailable', { place: 'computer' });
    const service = world.open();
    const accountId = await signIn(service, input);
    expect(state(service)).toMatchObject({ state: 'signed-in', secretKeptIn: 'memory' });
    await service.reconnect(accountId);
    expect(state(service)?.state).toBe('signed-in');
    world.secrets.failure = null;
    const again = world.open();
    again.restore();
    await settle();
    expect(state(again)).toMatchObject({ state: 'signed-out', secretKeptIn: 'nowhere', error: { code: 'signed-out' } });
  });

  it('does not wait for a keychain that never held the secret', async () => {
    const world = new World();
    world.secrets.failure = new BerthError('secrets-unavailable', { place: 'computer' });
    await world.open().signIn(input);
    const again = world.open();
    again.restore();
    await settle();
    expect(state(again)).toMatchObject({ state: 'signed-out', secretKeptIn: 'nowhere' });
  });

  it('tries again by itself while the site is away, and tells when it is back', async () => {
    const world = new World();
    await world.open().signIn(input);
    world.probeFailure = offline;
    const service = world.open();
    const connected: string[] = [];
    service.onConnected((id) => connected.push(id));
    service.restore();
    await world.clock.advance(10_000);
    expect(state(service)).toMatchObject({ state: 'unreachable', error: { code: 'offline' } });
    world.probeFailure = null;
    await world.clock.advance(40_000);
    expect(state(service)?.state).toBe('signed-in');
    expect(state(service)).not.toHaveProperty('error');
    expect(connected.length).toBe(1);
    service.dispose();
    expect(world.clock.pending).toBe(0);
  });

  it('believes a refused key only after it asked again', async () => {
    const world = new World();
    const service = world.open();
    const accountId = await signIn(service, input);
    service.report(accountId, refused);
    await settle();
    expect(state(service)?.state).toBe('signed-in');
    world.identityFailure = refused;
    service.report(accountId, refused);
    await settle();
    expect(state(service)).toMatchObject({ state: 'signed-out', error: { code: 'unauthorised' } });
    expect(() => service.api(accountId)).toThrow(expect.objectContaining({ code: 'unauthorised' }));
  });

  it('forgets the secret on sign-out and keeps the site', async () => {
    const world = new World();
    const service = world.open();
    const accountId = await signIn(service, input);
    const out: string[] = [];
    service.onSignedOut((id) => out.push(id));
    await service.signOut(accountId);
    expect(out).toEqual([accountId]);
    expect(world.secrets.values.size).toBe(0);
    expect(service.list()).toMatchObject([{ endpoint: input.endpoint, accounts: [] }]);
    expect(() => service.api(accountId)).toThrow(expect.objectContaining({ code: 'account-missing' }));
    await expect(service.signOut(accountId)).rejects.toMatchObject({ code: 'account-missing' });
  });

  it('ends a sign-in on the site, too, and forgets it even when the site cannot be told', async () => {
    const world = new World();
    const session: Credential = { kind: 'session', accessKey: 'AK1', id: 'canary-session', cookie: null, endsAt: null };
    world.door = { kind: 'in', credential: session };
    const service = world.open();
    const first = await signIn(service, person);
    expect([...world.secrets.values.values()].join()).toContain('canary-session');
    expect(JSON.stringify([world.documents.read(), world.written])).not.toContain('canary-session');
    await service.signOut(first);
    expect(world.loggedOut).toEqual([session]);
    expect(world.secrets.values.size).toBe(0);

    const second = await signIn(service, person);
    world.probeFailure = offline;
    await service.signOut(second);
    expect(world.loggedOut.length).toBe(1);
    expect(world.secrets.values.size).toBe(0);
  });

  it('says that a sign-in has ended, once the site says so', async () => {
    const world = new World();
    world.door = {
      kind: 'in',
      credential: { kind: 'session', accessKey: 'AK1', id: 'S1', cookie: null, endsAt: null },
    };
    const service = world.open();
    await signIn(service, person);
    world.loginKnown = false;
    // On wake: nobody had to meet a refusal first.
    service.resume();
    await settle();
    expect(state(service)).toMatchObject({
      state: 'signed-out',
      error: { code: 'unauthorised', params: { reason: 'expired' } },
    });
    world.loginKnown = true;
    await signIn(service, person);
    expect(service.list()[0]?.accounts).toMatchObject([{ state: 'signed-in' }]);
  });

  it('comes back to a webserver’s sign-in after a restart, and makes it longer', async () => {
    const world = new World();
    const ends = Date.parse('2026-01-02T00:00:00Z');
    world.door = { kind: 'in', credential: { kind: 'session', accessKey: 'AK1', id: 'S1', cookie: 'C', endsAt: ends } };
    await signIn(world.open(), person);
    const service = world.open();
    service.restore();
    await settle();
    expect(state(service)).toMatchObject({ state: 'signed-in', mode: 'session', endsAt: new Date(ends).toISOString() });
    await service.extend(state(service)?.id ?? '');
    expect(state(service)?.endsAt).toBe('2026-02-01T00:00:00.000Z');
    expect([...world.secrets.values.values()].join()).toContain(String(Date.UTC(2026, 1, 1)));
  });

  it('makes one site of two sign-ins at once', async () => {
    const service = new World().open();
    await Promise.all(['AK1', 'AK2', 'AK1'].map((accessKey) => signIn(service, { ...input, accessKey })));
    expect(service.list().map(({ accounts }) => accounts.map(({ accessKey }) => accessKey))).toEqual([['AK1', 'AK2']]);
  });

  it('takes name, colour and connection of a site, and gives the proxy’s password to the secret store only', async () => {
    const world = new World();
    const service = world.open();
    await service.setConnection(input.endpoint, {
      proxy: { kind: 'address', address: 'proxy.example.com:3128', user: 'me' },
      proxyPassword: 'canary-proxy',
    });
    await signIn(service, input);
    const [site] = service.list();
    service.update({ siteId: site?.id ?? '', name: 'Lab', colour: '#1a7f37' });
    const again = world.open();
    again.restore();
    await settle();
    expect(again.list()).toMatchObject([{ name: 'Lab', colour: '#1a7f37' }]);
    expect(await again.connectionTo(input.endpoint)).toMatchObject({
      proxy: { kind: 'address', address: 'proxy.example.com:3128', user: 'me' },
      hasProxyPassword: true,
      proxyInUse: 'proxy.example.com:3128',
    });
    expect(JSON.stringify([world.documents.read(), world.written, again.list()])).not.toContain('canary-proxy');
    await expect(service.remove(site?.id ?? '')).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('pins only what was shown', async () => {
    const service = new World().open();
    await expect(service.setConnection(input.endpoint, { pin: `${'AB:'.repeat(31)}AB` })).rejects.toMatchObject({
      code: 'invalid-input',
      params: { field: 'pin' },
    });
  });

  it('keeps one account for the same key, and several keys on one site', async () => {
    const service = new World().open();
    const accountId = await signIn(service, input);
    expect(await signIn(service, input)).toBe(accountId);
    await service.signIn({ ...input, accessKey: 'AK2' });
    await service.signIn({ ...input, endpoint: 'https://other.example.com' });
    expect(service.list().map(({ accounts, colour }) => [accounts.length, colour])).toEqual([
      [2, sitePalette[0]],
      [1, sitePalette[1]],
    ]);
  });

  it('knows the sandbox again on another port, and drops the account of an older one', async () => {
    const service = new World().open();
    const keys = { accessKey: 'AK1', secretKey: canary };
    const first = await service.addSandboxAccount({ endpoint: 'http://127.0.0.1:1000', ...keys });
    expect(await service.addSandboxAccount({ endpoint: 'http://127.0.0.1:2000', ...keys })).toBe(first);
    expect(service.list()).toMatchObject([
      { name: 'Local sandbox', isSandbox: true, endpoint: 'http://127.0.0.1:2000' },
    ]);
    const second = await service.addSandboxAccount({
      endpoint: 'http://127.0.0.1:3000',
      accessKey: 'AK9',
      secretKey: 'x',
    });
    expect(service.list()[0]?.accounts.map(({ id }) => id)).toEqual([second]);
  });

  it('keeps what it does not understand in the document', async () => {
    const world = new World();
    world.documents.write({ future: { a: 1 }, sites: [{ odd: true }], accounts: 'nonsense' });
    const service = world.open();
    service.restore();
    await service.signIn(input);
    expect(world.documents.read()).toMatchObject({ future: { a: 1 } });
  });
});

describe('colours', () => {
  const luminance = (hex: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  it('read at 4.5:1 against white', () => {
    for (const colour of sitePalette) expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });

  it('are given out one after the other', () => {
    const used: string[] = [];
    for (let count = 0; count < 16; count++) used.push(nextColour(used));
    expect(used).toEqual([...sitePalette, ...sitePalette]);
  });
});
