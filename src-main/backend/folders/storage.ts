/** Upload and download sessions: asked from the manager, used at the storage proxy (API reference, sections 7.3 and 7.4). */
import { z } from 'zod';
import { BerthError } from '../../base/berth-error.ts';
import type { FolderRef, FoldersApi } from '../api/folders-api.ts';
import type { FolderDownload, StorageApi } from '../api/storage-api.ts';
import type { SiteClient } from '../site-client.ts';
import type { Can } from '../version-gates.ts';
import { download } from './download.ts';
import { folderPath } from './folders.ts';
import { type StorageTools, storageUrl } from './storage-session.ts';
import { upload } from './upload.ts';

const Session = z.object({ token: z.string().min(1), url: z.string().min(1) });

export interface StorageOptions {
  readonly client: SiteClient;
  readonly can: Can;
  readonly tools: StorageTools;
  readonly entries: FoldersApi['folderEntries'];
}

export function storage({ client, can, tools, entries }: StorageOptions): StorageApi {
  const session = async (folder: FolderRef, call: string, json: unknown, signal?: AbortSignal): Promise<URL> => {
    const request = { method: 'POST', json, idempotent: true, signal } as const;
    return storageUrl(await client.json(`${folderPath(can, folder)}/${call}`, Session, request));
  };

  return {
    async upload(folder, path, source, options = {}) {
      const url = await session(folder, 'request-upload', { path, size: source.bytes }, options.signal);
      const sizeOnSite = async () => {
        const slash = path.lastIndexOf('/');
        const listed = await entries(folder, path.slice(0, Math.max(0, slash)), options.signal);
        return listed.find(({ name, kind }) => kind === 'file' && name === path.slice(slash + 1))?.bytes ?? null;
      };
      await upload({ url, source, tools, options, sizeOnSite });
    },

    async download(folder, path, { archive = false, offset = 0, signal } = {}): Promise<FolderDownload> {
      const address = (abort: AbortSignal) => session(folder, 'request-download', { path, archive }, abort);
      return await download({ address, archive, offset: archive ? 0 : offset, tools, signal });
    },

    async downloadArchive(folder, paths, signal) {
      if (!can('folderArchives')) {
        throw new BerthError('unsupported', { place: 'manager', params: { feature: 'folderArchives' } });
      }
      const address = (abort: AbortSignal) => session(folder, 'request-download-archive', { files: paths }, abort);
      return await download({ address, archive: true, offset: 0, tools, signal });
    },
  };
}
