/** What a transfer has to move, and what of it is done: kept on disk, so that quitting Berth loses and doubles nothing. */
import { appendFileSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Transfer } from '../../src-preload/contract/transfers.ts';
import type { FoundFile } from './look-policy.ts';

export interface PlanItem extends FoundFile {
  /** Where it goes below the transfer's folder: with slashes here, as bytes in the container. */
  readonly local: string;
}

export interface Plan {
  readonly items: readonly PlanItem[];
  readonly home: Buffer;
  readonly canHash: boolean;
  /** Paths that were told of and are not to be kept; null for a plan of an earlier Berth, which did not note them. */
  readonly left: readonly Buffer[] | null;
}

const Stored = z.strictObject({
  home: z.string(),
  canHash: z.boolean(),
  left: z.array(z.string()).optional(),
  items: z.array(z.tuple([z.string(), z.enum(['f', 'l']), z.number(), z.number(), z.number(), z.string(), z.string()])),
});

export interface PlanStore {
  /** Where one transfer's notes are. */
  readonly folder: string;
  save(plan: Plan): Promise<void>;
  load(): Promise<Plan>;
  saveTransfer(transfer: Transfer): Promise<void>;
  /** Resolves once what was given to `saveTransfer` is written, or could not be. */
  saved(): Promise<void>;
  /** An item is in place. One short line, written at once. */
  markDone(index: number): void;
  /** An item is about to be put in place under this name. */
  markPlacing(index: number, local: string): void;
  progress(): { readonly done: ReadonlySet<number>; readonly placing: ReadonlyMap<number, string> };
  remove(): Promise<void>;
}

export function planStore(root: string, transferId: string): PlanStore {
  const folder = join(root, transferId);
  const log = join(folder, 'progress.log');
  let saving: Promise<void> = Promise.resolve();
  const writeWhole = async (name: string, text: string): Promise<void> => {
    const path = join(folder, name);
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
  };
  return {
    folder,
    async save({ items, home, canHash, left }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const stored: z.infer<typeof Stored> = {
        home: home.toString('base64'),
        canHash,
        ...(left === null ? {} : { left: left.map((path) => path.toString('base64')) }),
        items: items.map((it) => [
          it.path.toString('base64'),
          it.kind === 'link' ? 'l' : 'f',
          it.bytes,
          it.mtime,
          it.mode,
          it.target.toString('base64'),
          it.local,
        ]),
      };
      await writeWhole('plan.json', JSON.stringify(stored));
    },
    async load() {
      const stored = Stored.parse(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')));
      const { home, canHash, items } = stored;
      return {
        home: Buffer.from(home, 'base64'),
        canHash,
        left: stored.left?.map((path) => Buffer.from(path, 'base64')) ?? null,
        items: items.map(([path, kind, bytes, mtime, mode, target, local]) => ({
          path: Buffer.from(path, 'base64'),
          kind: kind === 'l' ? 'link' : 'file',
          bytes,
          mtime,
          mode,
          target: Buffer.from(target, 'base64'),
          local,
        })),
      };
    },
    saveTransfer(transfer) {
      saving = saving
        .catch(() => undefined)
        .then(async () => {
          await mkdir(folder, { recursive: true, mode: 0o700 });
          await writeWhole('transfer.json', JSON.stringify(transfer));
        });
      return saving;
    },
    saved: () => saving.catch(() => undefined),
    markDone: (index) => appendFileSync(log, `d ${index}\n`, { mode: 0o600 }),
    markPlacing: (index, local) => appendFileSync(log, `p ${index} ${JSON.stringify(local)}\n`, { mode: 0o600 }),
    progress() {
      const done = new Set<number>();
      const placing = new Map<number, string>();
      let text = '';
      try {
        text = readFileSync(log, 'utf8');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      }
      for (const line of text.split('\n')) {
        const match = /^([dp]) (\d+)(?: (".*"))?$/.exec(line);
        if (!match) continue;
        const index = Number(match[2]);
        if (match[1] === 'd') done.add(index);
        else if (match[3] !== undefined) placing.set(index, String(JSON.parse(match[3])));
      }
      return { done, placing };
    },
    async remove() {
      await saving.catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Transfers of earlier runs. One that cannot be read is told to `onBroken` and left where it is. */
export async function storedTransfers(
  root: string,
  onBroken: (name: string, error: unknown) => void,
): Promise<Transfer[]> {
  let names: string[];
  try {
    names = await readdir(root);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const found: Transfer[] = [];
  for (const name of names) {
    try {
      found.push(Transfer.parse(JSON.parse(await readFile(join(root, name, 'transfer.json'), 'utf8'))));
    } catch (error) {
      onBroken(name, error);
    }
  }
  return found.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}
