/**
 * Files in a session's home: list, upload, download (API reference, section 4.7).
 */
import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sessionHome } from '../folders/folder-names.ts';
import { type Call, callerOf, empty, type Fields, isFields, jsonBody, ok, type Reply, readBody } from '../http/call.ts';
import { confine } from '../http/home-path.ts';
import { readForm, writeMixed } from '../http/multipart.ts';
import { badFields, badParameters, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { TooLargeError, tarOf } from '../http/tar.ts';
import type { RunningKernel } from '../runtime/kernel.ts';
import type { Session } from '../sessions/session.ts';
import type { Site } from '../site.ts';

const mib = 1024 * 1024;
const maxUploads = 20;
const maxDownloads = 5;

interface Place {
  readonly session: Session;
  readonly kernel: RunningKernel;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

/** What went wrong with a file, as a 400 with words; anything unforeseen is passed on. */
function fileProblem(error: unknown, path: string): Error {
  if (error instanceof Problem) return error;
  if (error instanceof TooLargeError) return badParameters(error.message);
  const words: Record<string, string> = {
    ENOENT: `There is no file ${path} in the session.`,
    ENOTDIR: `There is no file ${path} in the session.`,
    EISDIR: `${path} is a directory.`,
    EACCES: `The file ${path} may not be read.`,
    EFBIG: `The file ${path} is larger than 1 MiB.`,
  };
  const sentence = words[codeOf(error) ?? ''];
  if (sentence !== undefined) return badParameters(sentence);
  return error instanceof Error ? error : new Error(String(error));
}

export function sessionFileRoutes({ sessions, folders, face }: Site): readonly Route[] {
  const placeOf = (call: Call): Place => {
    const session = sessions.store.live(call.params.s ?? '', callerOf(call));
    const { running } = session.main;
    if (running === null) throw badParameters('The session is not running.');
    return { session, kernel: running };
  };

  const resolvePath = ({ session, kernel }: Place, path: string): Promise<string> =>
    confine(kernel.home, path, sessionHome, [
      kernel.home,
      ...session.order.mounts.map(({ folder }) => folders.pathOf(folder)),
    ]);

  /** JSON body of a call that may also carry its parameters in the query; the body wins when it holds anything. */
  const fieldsOf = async (call: Call): Promise<Fields> => {
    const body = await jsonBody(call);
    return Object.keys(body).length > 0 ? body : Object.fromEntries(call.query);
  };

  const list = async (call: Call): Promise<Reply> => {
    const place = placeOf(call);
    // Up to 26.2 the path stands in a JSON body of the GET; the query is read too, for clients that cannot send one.
    const body = await jsonBody(call);
    const path = typeof body.path === 'string' ? body.path : (call.query.get('path') ?? '.');
    const directory = await resolvePath(place, path);
    try {
      const names = await readdir(directory);
      const entries = await Promise.all(
        names.sort().map(async (filename) => {
          const { mode, size, ctimeMs, mtimeMs, atimeMs } = await lstat(join(directory, filename));
          const seconds = { ctime: ctimeMs / 1000, mtime: mtimeMs / 1000, atime: atimeMs / 1000 };
          return { mode: modeText(mode), size, ...seconds, filename };
        }),
      );
      return ok({ files: JSON.stringify(entries), errors: '', abspath: sessionPath(place.kernel.home, directory) });
    } catch (error) {
      throw fileProblem(error, path);
    }
  };

  const upload = async (call: Call): Promise<Reply> => {
    const place = placeOf(call);
    const bytes = await readBody(call.request, (maxUploads + 1) * mib);
    const parts = readForm(call.request.headers['content-type'] ?? '', bytes).filter(
      ({ filename }) => filename !== null,
    );
    if (parts.length > maxUploads) throw badParameters(`Too many files. (limit: ${maxUploads})`);
    for (const part of parts) {
      const name = part.filename ?? '';
      if (part.bytes.length >= mib) throw badParameters(`Too large file: ${name}`);
      const target = await resolvePath(place, name);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, part.bytes).catch((error: unknown) => {
        throw fileProblem(error, name);
      });
    }
    return empty();
  };

  const download = async (call: Call): Promise<Reply> => {
    const place = placeOf(call);
    const fields = await fieldsOf(call);
    const given = fields.files ?? call.query.getAll('files');
    const files = Array.isArray(given) ? given.map(String) : [String(given)];
    if (files.length === 0) throw badFields({ files: 'is required' });
    if (files.length > maxDownloads) throw badParameters('Too many files');
    const parts = await Promise.all(
      files.map(async (path) => {
        const bytes = await resolvePath(place, path)
          .then((full) => tarOf(full, mib))
          .catch((error: unknown) => {
            throw fileProblem(error, path);
          });
        return { filename: `${path.split('/').at(-1) ?? 'file'}.tar`, contentType: 'application/x-tar', bytes };
      }),
    );
    const { contentType, body } = writeMixed(parts);
    return { status: 200, bytes: body, headers: { 'Content-Type': contentType } };
  };

  const downloadSingle = async (call: Call): Promise<Reply> => {
    const { kernel } = placeOf(call);
    const fields = await fieldsOf(call);
    const { file } = isFields(fields) ? fields : { file: undefined };
    if (typeof file !== 'string') throw badFields({ file: 'is required' });
    const relative = file.startsWith(`${sessionHome}/`) ? file.slice(sessionHome.length + 1) : file;
    try {
      const bytes = await kernel.readFile(relative, mib);
      return { status: 200, bytes, headers: { 'Content-Type': 'application/octet-stream' } };
    } catch (error) {
      throw fileProblem(error, file);
    }
  };

  /** From 24.03.7 until 26.3 the old verb is there only to say so. */
  const deprecated = (): Reply => {
    throw new Problem(400, 'deprecated', 'This API is deprecated.', { msg: 'Use the POST method instead.' });
  };
  const stubs: readonly Route[] = face.since('24.03.7')
    ? ['download', 'download_single'].map((name) => ({
        method: 'GET',
        path: `/session/{s}/${name}`,
        handler: deprecated,
      }))
    : [];

  return [
    { method: 'GET', path: '/session/{s}/files', handler: list },
    { method: 'POST', path: '/session/{s}/upload', handler: upload },
    { method: 'POST', path: '/session/{s}/download', handler: download },
    { method: 'POST', path: '/session/{s}/download_single', handler: downloadSingle },
    ...stubs,
  ];
}

/** `drwxr-xr-x`, as Python's `stat.filemode` prints it. */
function modeText(mode: number): string {
  const kinds: Record<number, string> = { 9604: 'd', 21609: 'l', 26411: 's', 2401: 'p' };
  const bits = [...'rwxrwxrwx'].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('');
  return `${kinds[mode & 0o170000] ?? '-'}${bits}`;
}

/** The path as the session sees it. */
function sessionPath(home: string, path: string): string {
  return `${sessionHome}${path.slice(home.length)}`;
}
