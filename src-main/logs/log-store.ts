/** The folder of kept logs: one folder a session, bounded in sum, the ones longest untouched go first. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogRef } from '../../src-preload/contract/logs.ts';

interface KeptSession {
  readonly folder: string;
  readonly bytes: number;
  readonly touchedMs: number;
}

export class LogStore {
  readonly folder: string;

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'session-logs');
  }

  sessionFolder({ accountId, sessionId }: Pick<LogRef, 'accountId' | 'sessionId'>): string {
    return join(this.folder, accountId, sessionId);
  }

  /** Ids are parsed by the contract: no part can leave the folder. */
  pathOf(ref: LogRef): string {
    return join(this.sessionFolder(ref), `${ref.kernelId ?? 'main'}.log`);
  }

  async usage(): Promise<{ sessions: number; bytes: number }> {
    const all = await this.#sessions();
    return { sessions: all.length, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  /** Removes sessions, longest untouched first, until the rest fits. @param inUse folders to leave alone */
  async bound(limitBytes: number, inUse: ReadonlySet<string>): Promise<number> {
    const all = (await this.#sessions()).sort((a, b) => a.touchedMs - b.touchedMs);
    let bytes = all.reduce((sum, session) => sum + session.bytes, 0);
    let removed = 0;
    for (const session of all) {
      if (bytes <= limitBytes) break;
      if (inUse.has(session.folder)) continue;
      await rm(session.folder, { recursive: true, force: true });
      bytes -= session.bytes;
      removed++;
    }
    return removed;
  }

  async clear(inUse: ReadonlySet<string>): Promise<void> {
    for (const { folder } of await this.#sessions()) {
      if (!inUse.has(folder)) await rm(folder, { recursive: true, force: true });
    }
  }

  async forgetAccount(accountId: string): Promise<void> {
    await rm(join(this.folder, accountId), { recursive: true, force: true });
  }

  async #sessions(): Promise<KeptSession[]> {
    const found: KeptSession[] = [];
    for (const account of await names(this.folder)) {
      for (const session of await names(join(this.folder, account))) {
        const folder = join(this.folder, account, session);
        let bytes = 0;
        let touchedMs = 0;
        for (const name of await names(folder)) {
          const file = await stat(join(folder, name)).catch(() => null);
          bytes += file?.size ?? 0;
          touchedMs = Math.max(touchedMs, file?.mtimeMs ?? 0);
        }
        found.push({ folder, bytes, touchedMs });
      }
    }
    return found;
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    // Nothing is kept yet, or it was removed by hand meanwhile: nothing to count.
    return [];
  }
}
