/** Chooses where secrets are kept. */
import type { SecretsState } from '../../src-preload/contract/app.ts';
import type { SecretStore } from '../hosts/host.ts';
import type { Log } from '../log/log.ts';
import { Keychain, type Keytar, loadKeytar } from './keychain.ts';
import { MemorySecretStore } from './memory-secret-store.ts';
import { OsSecretStore } from './os-secret-store.ts';

export interface SecretStoreOptions {
  readonly kind: 'os' | 'memory';
  /** The name under which the keychain lists Berth's items. */
  readonly service: string;
  readonly log: Log;
  readonly loadKeytar?: () => Promise<Keytar>;
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface CheckedSecretStore extends SecretStore {
  /** Finds out whether the keychain can be used; `state` tells it from then on. Never throws. */
  check(): Promise<SecretsState>;
}

/** A keychain that nobody can be asked about answers at once or not at all. */
const quietLimitMs = 5_000;
/** Where a prompt may stand open, a person is given the time to find and type a password. */
const promptLimitMs = 60_000;

function limitMs(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): number {
  if (platform === 'darwin') return promptLimitMs;
  return platform === 'linux' && (env.DISPLAY || env.WAYLAND_DISPLAY) ? promptLimitMs : quietLimitMs;
}

/** The value as a whole and, where it is a JSON object, the texts in it. */
function secretsIn(value: string): string[] {
  if (!value.startsWith('{')) return [value];
  try {
    const fields: unknown = JSON.parse(value);
    const texts = typeof fields === 'object' && fields !== null ? Object.values(fields) : [];
    return [value, ...texts.filter((text) => typeof text === 'string')];
  } catch {
    // Not JSON after all: a secret may begin with any letter.
    return [value];
  }
}

/** Every value that passes through is taken out of the log from then on. */
export function createSecretStore(options: SecretStoreOptions): CheckedSecretStore {
  const { kind, service, log } = options;
  const memory = new MemorySecretStore();
  const os = new OsSecretStore(
    new Keychain({
      service,
      limitMs: limitMs(options.platform ?? process.platform, options.env ?? process.env),
      load: options.loadKeytar ?? loadKeytar,
    }),
    log.area('secrets'),
  );
  const store: SecretStore = kind === 'memory' ? memory : os;
  return {
    get state() {
      return store.state;
    },
    async get(name) {
      const value = await store.get(name);
      // SECURITY: known to the log's redaction before anybody can use it (secret-store.test.ts, "log").
      for (const secret of value === null ? [] : secretsIn(value)) log.redact(secret);
      return value;
    },
    async set(name, value) {
      // SECURITY: (secret-store.test.ts, "log").
      for (const secret of secretsIn(value)) log.redact(secret);
      await store.set(name, value);
    },
    delete: (name) => store.delete(name),
    check: async () => (kind === 'memory' ? memory.state : os.check()),
  };
}
