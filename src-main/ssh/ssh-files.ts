/**
 * What of SSH for other programs lies on disk. Below Berth's data folder, for its owner alone: `ssh/config` with a `Host`
 * block a session, and beside it a folder a session with the pinned host key and the key. In the person's own
 * configuration: one line.
 */
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BerthError } from '../base/berth-error.ts';
import { editConfig, hostsInUse, type Made, removeEmptyFolder, writePrivately } from './config-file.ts';
import { configText, type EntryParts } from './config-text-policy.ts';
import { includeLine, isPlainPath, withInclude, withoutInclude } from './include-policy.ts';

export interface SshFilesOptions {
  readonly dataDir: string;
  readonly home: string;
  readonly isWindows: boolean;
}

export class SshFiles {
  readonly folder: string;
  /** Berth's part of the configuration. */
  readonly ownConfig: string;
  /** The person's own configuration. */
  readonly configFile: string;
  readonly #options: SshFilesOptions;

  constructor(options: SshFilesOptions) {
    this.#options = options;
    this.folder = join(options.dataDir, 'ssh');
    this.ownConfig = join(this.folder, 'config');
    this.configFile = join(options.home, '.ssh', 'config');
  }

  /** @throws BerthError `ssh-config` when the data folder's name cannot stand in a configuration */
  checkFolder(): void {
    if (isPlainPath(this.folder, this.#options.isWindows)) return;
    throw new BerthError('ssh-config', {
      place: 'computer',
      params: { path: this.folder, reason: 'odd-path', line: '' },
    });
  }

  keyFile(sessionId: string): string {
    return join(this.#place(sessionId), 'key');
  }

  publicKeyFile(sessionId: string): string {
    return join(this.#place(sessionId), 'key.pub');
  }

  knownHostsFile(sessionId: string): string {
    return join(this.#place(sessionId), 'known_hosts');
  }

  hasOwnConfig(): Promise<boolean> {
    return stat(this.ownConfig).then(
      () => true,
      () => false,
    );
  }

  /** Names that the person's own configuration gives to hosts. */
  hostsInUse(): Promise<string[]> {
    return hostsInUse(this.configFile, this.#options.home, this.ownConfig);
  }

  /**
   * @param publicLine null: there is no key to write
   * @param privateKey null: only the public half is written, for an agent that has the other
   */
  async writeKey(sessionId: string, publicLine: string | null, privateKey: string | null): Promise<void> {
    await this.removeSession(sessionId);
    if (publicLine === null) return;
    if (privateKey === null) await this.#write(this.publicKeyFile(sessionId), `${publicLine}\n`);
    else await this.#write(this.keyFile(sessionId), privateKey);
  }

  /** @param line of a `known_hosts` file; null while nothing is pinned: then nothing is trusted */
  async writePin(sessionId: string, line: string | null): Promise<void> {
    await this.#write(this.knownHostsFile(sessionId), line === null ? '' : `${line}\n`);
  }

  async removeSession(sessionId: string): Promise<void> {
    await rm(this.#place(sessionId), { recursive: true, force: true });
  }

  async writeConfig(entries: readonly EntryParts[]): Promise<void> {
    await this.#write(this.ownConfig, configText(entries, this.#options.isWindows));
  }

  /** Puts the one line into the person's configuration. @throws BerthError `ssh-config` */
  include(): Promise<Made> {
    const line = this.#line();
    return editConfig(this.configFile, (content) => withInclude(content, line), line);
  }

  /**
   * Takes everything away.
   * @param made what Berth had to make, and takes away if nothing else came into it
   * @throws BerthError `ssh-config` when the line had to stay; everything else is gone then
   */
  async removeAll(made: Made): Promise<void> {
    await rm(this.ownConfig, { force: true });
    await rm(join(this.folder, 'sessions'), { recursive: true, force: true });
    await removeEmptyFolder(this.folder);
    const line = this.#line();
    const without = (content: Buffer): Buffer | null => {
      const rest = withoutInclude(content, line);
      return rest.length === 0 && rest !== content && made.file ? null : rest;
    };
    await editConfig(this.configFile, without, line);
    if (made.folder) await removeEmptyFolder(dirname(this.configFile));
  }

  #place(sessionId: string): string {
    return join(this.folder, 'sessions', sessionId);
  }

  #line(): string {
    return includeLine(this.ownConfig, this.#options.isWindows);
  }

  async #write(path: string, text: string): Promise<void> {
    try {
      await writePrivately(path, text);
    } catch (cause) {
      throw new BerthError('file-write', { place: 'computer', retry: 'user', params: { path }, cause });
    }
  }
}
