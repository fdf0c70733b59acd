/**
 * The system's keychain through keytar, one call at a time and each within a time limit. A call that waits for a person
 * (an unlock prompt) holds a thread of Node's small pool, so a second one must not be started beside it.
 */
import { BerthError } from '../base/berth-error.ts';

/** The part of keytar that Berth uses. */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

const functions = ['getPassword', 'setPassword', 'deletePassword'] as const;

/** All of them: Node finds some names of a CommonJS module by reading it, and offers those on the module too. */
function isKeytar(value: unknown): value is Keytar {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Record<string, unknown>;
  return functions.every((name) => typeof record[name] === 'function');
}

/** keytar is CommonJS: depending on who loads it, its functions are on the module, on `default`, or one deeper. */
export function keytarOf(module: unknown): Keytar {
  let candidate = module;
  for (let depth = 0; depth < 3; depth += 1) {
    if (isKeytar(candidate)) return candidate;
    candidate =
      typeof candidate === 'object' && candidate !== null && 'default' in candidate ? candidate.default : undefined;
  }
  throw new Error('The keytar module has an unknown shape');
}

export async function loadKeytar(): Promise<Keytar> {
  return keytarOf(await import('keytar'));
}

/** The system's own words for why the keychain cannot be used; never holds a value. */
export class KeychainFailure extends Error {
  override readonly name = 'KeychainFailure';
}

export interface KeychainOptions {
  readonly service: string;
  readonly limitMs: number;
  readonly load: () => Promise<Keytar>;
}

export class Keychain {
  readonly #options: KeychainOptions;
  #keytar: Promise<Keytar> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: KeychainOptions) {
    this.#options = options;
  }

  /** Null also when the keychain is locked and nobody can be asked (toolchain, 5). */
  get(name: string): Promise<string | null> {
    return this.#queue((keytar) => keytar.getPassword(this.#options.service, name));
  }

  set(name: string, value: string): Promise<void> {
    return this.#queue((keytar) => keytar.setPassword(this.#options.service, name, value));
  }

  async delete(name: string): Promise<void> {
    await this.#queue((keytar) => keytar.deletePassword(this.#options.service, name));
  }

  /** Throws KeychainFailure, or BerthError `secrets-locked` when the time is over, which is when a prompt stands open. */
  async #queue<T>(call: (keytar: Keytar) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      this.#keytar ??= this.#options.load();
      return call(await this.#keytar);
    });
    // The next call waits for this one however it ends; its outcome is this caller's alone.
    this.#last = turn.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new BerthError('secrets-locked', { place: 'computer', retry: 'user' })),
        this.#options.limitMs,
      );
    });
    try {
      return await Promise.race([turn, late]);
    } catch (error) {
      if (error instanceof BerthError) throw error;
      throw new KeychainFailure(error instanceof Error ? error.message : String(error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}
