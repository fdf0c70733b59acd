/**
 * Pinned host keys for the `ssh` command that the person copies: one file a session below Berth's data folder, beside the
 * person's own known_hosts, which stays as it is. It goes with its session, and never before: the command may stand in a
 * script.
 */
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionRef } from '../../src-preload/contract/common.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { Accounts, KnownSessions } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Disposable } from '../base/disposable.ts';
import type { HostKeys } from '../links/host-keys.ts';
import { codeOf, removeEmptyFolder, writePrivately } from './config-file.ts';
import { hostAlias } from './ssh-command.ts';

/** A file whose account is gone is nobody's after this: one that is in use is touched whenever its account connects. */
export const nobodysAfterMs = 90 * 24 * 60 * 60_000;

export interface PinFilesDeps {
  readonly hostKeys: HostKeys;
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  onConnected(listener: (accountId: string) => void): () => void;
  /** What is known of a session, else what its site says. Throws BerthError `session-gone`. */
  session(ref: SessionRef): Promise<Session>;
  readonly dataDir: string;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
  readonly now?: () => number;
}

const nameOf = (sessionId: string): string => `known_hosts-${sessionId}`;
const namePattern = /^known_hosts-([0-9a-f-]{36})$/;
const ownerPattern = /^# account (\S{1,200})$/m;

export class PinFiles implements Disposable {
  readonly #deps: PinFilesDeps;
  readonly #folder: string;
  readonly #off: (() => void)[];
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: PinFilesDeps) {
    this.#deps = deps;
    this.#folder = join(deps.dataDir, 'ssh');
    this.#off = [
      deps.known.onEnded((_accountId, sessionId) => this.#queue(() => this.#remove(sessionId))),
      deps.onConnected((accountId) => this.#queue(() => this.#sweep(accountId))),
    ];
  }

  /**
   * Writes what is pinned now; without a pin there is no file, nor what another program put into it.
   * @throws BerthError `file-write`
   */
  async write({ accountId, sessionId }: SessionRef): Promise<{ readonly file: string; readonly isPinned: boolean }> {
    const siteId = this.#deps.accounts.site(accountId).id;
    const file = join(this.#folder, nameOf(sessionId));
    const line = this.#deps.hostKeys.knownHostsLine(siteId, sessionId, hostAlias(sessionId));
    try {
      if (line === null) await rm(file, { force: true });
      else await writePrivately(file, `# account ${accountId}\n${line}\n`);
    } catch (cause) {
      throw new BerthError('file-write', { place: 'computer', retry: 'user', params: { path: file }, cause });
    }
    return { file, isPinned: line !== null };
  }

  async dispose(): Promise<void> {
    for (const off of this.#off) off();
    await this.#last;
  }

  #queue(work: () => Promise<void>): void {
    this.#last = this.#last
      .then(work)
      .catch((error: unknown) => this.#deps.log.warn('Files of pinned host keys could not be cleared', { error }));
  }

  async #remove(sessionId: string): Promise<void> {
    await rm(join(this.#folder, nameOf(sessionId)), { force: true });
    await removeEmptyFolder(this.#folder);
  }

  /** Sessions that ended while Berth did not run: only the account that a file is of can tell. */
  async #sweep(accountId: string): Promise<void> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      // Nobody copied a command yet; anything else is for the log.
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    for (const name of names) {
      const sessionId = namePattern.exec(name)?.[1];
      if (sessionId === undefined) continue;
      const file = join(this.#folder, name);
      const owner = ownerPattern.exec(await readFile(file, 'utf8').catch(() => ''))?.[1];
      if (owner === accountId) {
        if (await this.#isOver({ accountId, sessionId })) await this.#remove(sessionId);
        else await this.#touch(file);
      } else if (await this.#isNobodys(file)) await this.#remove(sessionId);
    }
  }

  async #isOver(ref: SessionRef): Promise<boolean> {
    try {
      return (await this.#deps.session(ref)).family === 'finished';
    } catch (error) {
      if (error instanceof BerthError && error.code === 'session-gone') return true;
      // A site that does not answer tells nothing.
      return false;
    }
  }

  async #touch(file: string): Promise<void> {
    const now = new Date(this.#now());
    await utimes(file, now, now);
  }

  async #isNobodys(file: string): Promise<boolean> {
    const { mtimeMs } = await stat(file);
    return this.#now() - mtimeMs > nobodysAfterMs;
  }

  #now(): number {
    return (this.#deps.now ?? Date.now)();
  }
}
