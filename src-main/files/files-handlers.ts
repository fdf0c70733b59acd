/** The contract's `files` and `transfers` areas over their services. */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BerthError } from '../base/berth-error.ts';
import type { Handlers } from '../handlers.ts';
import type { Host } from '../hosts/host.ts';
import type { Looks } from './looks.ts';
import type { TransfersService } from './transfers-service.ts';

export function filesHandlers(looks: Looks, host: Host): Handlers['files'] {
  return {
    look: (ref, { signal }) => looks.look(ref, signal),
    lookAgain: ({ checkId }, { signal }) => looks.lookAgain(checkId, signal),
    entries: async ({ checkId }) => looks.entries(checkId),
    downloadPlace: async () => ({ folder: await downloadsFolder(), canPick: host.folders.pick !== null }),
    pickFolder: async ({ folder }) => {
      if (!host.folders.pick) throw new BerthError('unsupported', { place: 'computer' });
      return { folder: await host.folders.pick(folder) };
    },
  };
}

/** Where browsers put them, too; the home folder where there is none. */
async function downloadsFolder(): Promise<string> {
  const folder = join(homedir(), 'Downloads');
  try {
    await access(folder);
    return folder;
  } catch {
    // Not there, which is no failure: the home is a place as good.
    return homedir();
  }
}

export function transfersHandlers(service: TransfersService, host: Host): Handlers['transfers'] {
  return {
    list: () => service.list(),
    keep: (input, { signal }) => service.keep(input, signal),
    pause: async ({ transferId }) => {
      await service.pause(transferId);
      return undefined;
    },
    resume: async ({ transferId }) => {
      await service.resume(transferId);
      return undefined;
    },
    cancel: async ({ transferId }) => {
      await service.cancel(transferId);
      return undefined;
    },
    forget: async ({ transferId }) => {
      await service.forget(transferId);
      return undefined;
    },
    openFolder: async ({ transferId }) => {
      await host.folders.open(service.folderOf(transferId));
      return undefined;
    },
  };
}
