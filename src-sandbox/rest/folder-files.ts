/**
 * What is inside folders: listing, directories, renaming, deleting, and the tokens for up- and downloads.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Access } from '../folders/folder.ts';
import { folderHost } from '../folders/folder-store.ts';
import { type Call, flagField, jsonBody, ok, parameters, type Reply, textField } from '../http/call.ts';
import { badFields, badParameters, notFound, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import type { Site } from '../site.ts';
import { uploadFolder } from '../storage/storage-proxy.ts';
import { FolderAccess } from './folder-access.ts';

function fileProblem(path: string) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw notFound('file', path);
    if (error.code === 'EEXIST') throw badParameters(`${path} is in the way of a file.`);
    throw error;
  };
}

export function folderFileRoutes(site: Site): readonly Route[] {
  const { folders, face, tasks, tokens } = site;
  const access = new FolderAccess(site);

  const list = async (call: Call): Promise<Reply> => {
    const path = call.query.get('path') ?? '';
    const directory = await access.place(access.ready(call), path);
    const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw notFound('directory', path);
      throw error;
    });
    const found = await Promise.all(
      names.sort().map(async (name) => {
        const info = await stat(join(directory, name)).catch(() => null);
        return info === null ? [] : [{ name, info }];
      }),
    );
    const items = found.flat().map(({ name, info }) => ({
      name,
      type: info.isDirectory() ? 'DIRECTORY' : 'FILE',
      size: info.size,
      mode: (info.mode & 0o777).toString(8),
      created: info.birthtime.toISOString(),
      modified: info.mtime.toISOString(),
    }));
    // Up to 24.09 the old shape stands beside the new one.
    if (face.since('24.12')) return ok({ items });
    const files = found.flat().map(({ name, info }) => ({
      mode: `${info.isDirectory() ? 'd' : '-'}${(info.mode & 0o777).toString(8)}`,
      size: info.size,
      ctime: info.ctimeMs / 1000,
      mtime: info.mtimeMs / 1000,
      atime: info.atimeMs / 1000,
      filename: name,
    }));
    return ok({ items, folder_path: null, files: JSON.stringify(files) });
  };

  const makeDirectory = async (call: Call): Promise<Reply> => {
    const folder = access.ready(call, 'rw');
    const body = await jsonBody(call);
    const paths = Array.isArray(body.path) ? body.path.map(String) : [textField(body, 'path')];
    const parents = flagField(body, 'parents', true);
    const existOk = flagField(body, 'exist_ok', false);
    const success: Record<string, unknown>[] = [];
    const failed: Record<string, unknown>[] = [];
    for (const path of paths) {
      const target = await access.place(folder, path);
      const there = await stat(target).catch(() => null);
      try {
        if (there !== null && !existOk) throw new Error(`FileExistsError('${path}')`);
        await mkdir(target, { recursive: parents || existOk });
        success.push({ msg: null, item: path });
      } catch (error) {
        failed.push({ msg: error instanceof Error ? error.message : String(error), item: path });
      }
    }
    const results = { success, failed };
    if (success.length > 0) return { status: failed.length === 0 ? 200 : 207, json: { results } };
    throw new Problem(400, 'vfolder-operation-failed', 'Virtual folder operation has failed.', { data: { results } });
  };

  const renameFile = async (call: Call): Promise<Reply> => {
    const folder = access.ready(call, 'rw');
    const body = await jsonBody(call);
    const path = textField(body, 'target_path');
    const name = textField(body, 'new_name');
    if (name !== basename(name) || name === '..' || name === '.') throw badFields({ new_name: 'is not a file name' });
    const from = await access.place(folder, path);
    const to = await access.place(folder, join(dirname(path), name));
    if ((await stat(to).catch(() => null)) !== null) throw badParameters(`There is a file ${name} already.`);
    await rename(from, to).catch(fileProblem(path));
    return ok({});
  };

  const moveFile = async (call: Call): Promise<Reply> => {
    const folder = access.ready(call, 'rw');
    const body = await jsonBody(call);
    const [src, dst] = [textField(body, 'src'), textField(body, 'dst')];
    const to = await access.place(folder, dst);
    await mkdir(dirname(to), { recursive: true });
    await rename(await access.place(folder, src), to).catch(fileProblem(src));
    return ok({});
  };

  const removeFiles = async (folder: Access, call: Call): Promise<void> => {
    const body = await parameters(call);
    const { files } = body;
    if (!Array.isArray(files) || files.length === 0) throw badFields({ files: 'is required' });
    const recursive = flagField(body, 'recursive', false);
    const places = await Promise.all(files.map((file) => access.place(folder, String(file))));
    for (const [index, place] of places.entries()) {
      const info = await stat(place).catch(fileProblem(String(files[index])));
      if (info.isDirectory() && !recursive) {
        throw badParameters(`${String(files[index])} is a directory: deleting it takes the option recursive.`);
      }
    }
    for (const place of places) await rm(place, { recursive: true });
  };

  const deleteFiles = async (call: Call): Promise<Reply> => {
    await removeFiles(access.ready(call, 'rw'), call);
    return ok({});
  };

  const deleteInBackground = async (call: Call): Promise<Reply> => {
    const folder = access.ready(call, 'rw');
    const task = tasks.start('Deleting files');
    await removeFiles(folder, call);
    tasks.update(task, { event: 'bgtask_done', message: 'Deleted the files', current: 1, total: 1 });
    return { status: 202, json: { bgtask_id: task } };
  };

  const requestUpload = async (call: Call): Promise<Reply> => {
    const target = access.ready(call, 'rw');
    access.allow(call, 'upload-file');
    const body = await jsonBody(call);
    const path = textField(body, 'path');
    const size = Number(body.size);
    if (!Number.isSafeInteger(size) || size < 0) throw badFields({ size: "value can't be converted to int" });
    // What the path leads to is checked again when the upload is complete.
    await access.place(target, path);
    const session = randomUUID().replaceAll('-', '');
    const waiting = join(folders.pathOf(target.folder), uploadFolder);
    await mkdir(waiting, { recursive: true, mode: 0o700 });
    await (await open(join(waiting, session), 'w', 0o600)).close();
    const token = tokens.issue({
      op: 'upload',
      volume: folderHost,
      vfid: target.folder.id,
      relpath: path,
      session,
      size,
    });
    return ok({ token, url: `${site.storageEndpoint()}/upload` });
  };

  const requestDownload = async (call: Call): Promise<Reply> => {
    const target = access.ready(call);
    access.allow(call, 'download-file');
    const body = await jsonBody(call);
    const path = textField(body, 'path', 'file');
    flagField(body, 'archive', false);
    await access.place(target, path);
    const transfer = { op: 'download', volume: folderHost, vfid: target.folder.id, relpath: path } as const;
    const token = tokens.issue({ ...transfer, session: '', size: 0 });
    return ok({ token, url: `${site.storageEndpoint()}/download` });
  };

  return [
    { method: 'GET', path: '/folders/{f}/files', handler: list },
    { method: 'POST', path: '/folders/{f}/mkdir', handler: makeDirectory },
    { method: 'POST', path: '/folders/{f}/rename-file', handler: renameFile },
    { method: 'POST', path: '/folders/{f}/move-file', handler: moveFile },
    { method: 'DELETE', path: '/folders/{f}/delete-files', handler: deleteFiles },
    { method: 'POST', path: '/folders/{f}/delete-files', handler: deleteFiles },
    ...(face.since('25.17')
      ? [{ method: 'POST', path: '/folders/{f}/delete-files-async', handler: deleteInBackground }]
      : []),
    { method: 'POST', path: '/folders/{f}/request-upload', handler: requestUpload },
    { method: 'POST', path: '/folders/{f}/request-download', handler: requestDownload },
  ];
}
