/**
 * Folders in full: uploads in pieces, downloads in parts and as an archive, sharing, and what is refused.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountInfo, type Sandbox, startSandbox } from '../sandbox.ts';
import { type Answer, call, type Json } from '../testing/client.ts';
import { RuntimeDouble } from '../testing/kernel-double.ts';

let dir = '';
let sandbox: Sandbox;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-storage-'));
  const common = { dataDir: dir, port: 0, madeUp: 0, paceMs: 1, log: () => undefined };
  sandbox = await startSandbox({ ...common, manager: 'current', runtime: new RuntimeDouble(dir) });
});
afterAll(async () => {
  await sandbox.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

function as(kind: AccountInfo['kind']) {
  const { accounts, endpoint } = sandbox.info;
  const found = accounts.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`There is no account ${kind}.`);
  return { ...found, endpoint, accounts };
}

const post = (target: string, body: unknown, who = as('main')): Promise<Answer> => call(who, 'POST', target, body);

function sessionUrl({ json }: Answer): string {
  return `${String(json?.url)}?token=${encodeURIComponent(String(json?.token))}`;
}

const rows = ({ json }: Answer, key: string): readonly Json[] => (json?.[key] ?? []) as unknown as readonly Json[];

const tus = { 'Tus-Resumable': '1.0.0', 'Content-Type': 'application/offset+octet-stream' };
const patch = (url: string, body: string, offset: number): Promise<Response> =>
  fetch(url, { method: 'PATCH', body, headers: { ...tus, 'Upload-Offset': String(offset) } });
const offsetOf = async (url: string): Promise<string | null> =>
  (await fetch(url, { method: 'HEAD', headers: tus })).headers.get('upload-offset');

async function upload(path: string, text: string): Promise<void> {
  const asked = await post('/folders/data/request-upload', { path, size: text.length });
  expect((await patch(sessionUrl(asked), text, 0)).status).toBe(204);
}

describe('uploads', () => {
  it('come in pieces, hide until they are whole, and append whatever the client claims', async () => {
    const asked = await post('/folders/data/request-upload', { path: 'deep/er/file.bin', size: 10 });
    const url = sessionUrl(asked);
    expect((await fetch(url, { method: 'OPTIONS' })).headers.get('tus-version')).toBe('1.0.0');
    expect(await offsetOf(url)).toBe('0');
    const first = await patch(url, 'hello', 0);
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '5']);
    expect(await offsetOf(url)).toBe('5');
    expect((await call(as('main'), 'GET', '/folders/data/files?path=deep')).status).toBe(404);
    expect((await patch(url, 'world', 0)).headers.get('upload-offset')).toBe('10');
    expect(await readFile(join(dir, 'vfolders', 'data', 'deep', 'er', 'file.bin'), 'utf8')).toBe('helloworld');
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(404);
    const files = await call(as('main'), 'GET', '/folders/data/files');
    expect(rows(files, 'items').map(({ name }) => name)).toEqual(['deep']);
  });

  it('are held to what the owner’s policy allows in all folders', async () => {
    const who = as('low-limits');
    const made = await post('/folders', { name: 'small' }, who);
    expect(made.status).toBe(201);
    const [owner = ''] = await readdir(join(dir, 'vfolders-of-others'));
    const full = join(dir, 'vfolders-of-others', owner, 'small', 'full.bin');
    await writeFile(full, '');
    // As much as there may be, without taking it from this disk.
    await truncate(full, 2 ** 30 - 5);
    const url = sessionUrl(await post('/folders/small/request-upload', { path: 'x', size: 10 }, who));
    expect((await patch(url, 'hello', 0)).status).toBe(204);
    const refused = await patch(url, 'world', 5);
    expect([refused.status, await refused.json()]).toMatchObject([500, { msg: '[Errno 122] Disk quota exceeded' }]);
    expect(await offsetOf(url)).toBe('5');
    await rm(full);
    expect((await patch(url, 'world', 5)).headers.get('upload-offset')).toBe('10');
    expect((await call(who, 'DELETE', `/folders/${String(made.json?.id)}/force`)).status).toBe(204);
  });

  it('stay inside their folder, and the proxy believes no other token', async () => {
    expect((await post('/folders/data/request-upload', { path: '../x', size: 1 })).status).toBe(400);
    const asked = await post('/folders/data/request-upload', { path: 'x', size: 1 });
    expect((await fetch(sessionUrl(asked), { method: 'HEAD' })).status).toBe(200);
    const [head, payload = '', signature] = String(asked.json?.token).split('.');
    // All as it should be, but for what was signed.
    const believed = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...believed, size: 2 })).toString('base64url');
    const url = `${String(asked.json?.url)}?token=${head}.${forged}.${signature}`;
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(400);
    const download = `${String(asked.json?.url).replace('/upload', '/download')}?token=${String(asked.json?.token)}`;
    expect((await fetch(download)).status).toBe(400);
    expect((await fetch(sessionUrl(asked), { method: 'POST' })).status).toBe(405);
  });
});

describe('downloads', () => {
  it('give a file whole, in part, and whole again when it has changed', async () => {
    await upload('text.txt', '0123456789');
    const url = sessionUrl(await post('/folders/data/request-download', { path: 'text.txt' }));
    const whole = await fetch(url);
    expect(whole.headers.get('content-disposition')).toContain('filename="text.txt"');
    expect(await whole.text()).toBe('0123456789');
    const changed = whole.headers.get('last-modified') ?? '';
    const part = await fetch(url, { headers: { Range: 'bytes=3-5', 'If-Range': changed } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 3-5/10', '345']);
    const stale = await fetch(url, { headers: { Range: 'bytes=3-', 'If-Range': new Date(0).toUTCString() } });
    expect([stale.status, await stale.text()]).toEqual([200, '0123456789']);
    expect(await (await fetch(url, { headers: { Range: 'bytes=-2' } })).text()).toBe('89');
    expect((await fetch(url, { headers: { Range: 'bytes=20-' } })).status).toBe(416);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(405);
    const missing = sessionUrl(await post('/folders/data/request-download', { path: 'nothing' }));
    expect((await fetch(missing)).status).toBe(404);
  });

  it('give a directory as an archive that unpacks to what is in it', async () => {
    await upload('tree/a.txt', 'a'.repeat(5000));
    await upload('tree/b/ü.txt', 'b');
    const url = sessionUrl(await post('/folders/data/request-download', { path: 'tree', archive: true }));
    expect((await fetch(url)).status).toBe(400);
    const archive = await fetch(`${url}&archive=true`);
    expect(archive.headers.get('content-type')).toBe('application/zip');
    const file = join(dir, 'tree.zip');
    await writeFile(file, Buffer.from(await archive.arrayBuffer()));
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(sorted(z.namelist()))';
    const { stdout } = await promisify(execFile)('python3', ['-c', script, file]);
    expect(stdout.trim()).toBe("['a.txt', 'b/ü.txt']");
  });
});

describe('sharing', () => {
  it('takes an invitation, gives the right that was named and no more, and ends by leaving', async () => {
    const other = as('low-limits');
    await post('/folders', { name: 'shared' });
    expect((await post('/folders/shared/invite', { perm: 'ro', emails: [other.email] })).json).toEqual({
      invited_ids: [other.email],
    });
    const [invitation] = rows(await call(other, 'GET', '/folders/invitations/list'), 'invitations');
    expect(invitation).toMatchObject({ vfolder_name: 'shared', perm: 'ro', inviter: as('main').email });
    expect((await post('/folders/invitations/accept', { inv_id: invitation?.id })).status).toBe(404);
    expect((await post('/folders/invitations/accept', { inv_id: invitation?.id }, other)).status).toBe(200);
    const list = (await call(other, 'GET', '/folders')).json as unknown as readonly Json[];
    expect(list).toEqual([expect.objectContaining({ name: 'shared', permission: 'ro', is_owner: false })]);
    expect((await post('/folders/shared/request-upload', { path: 'x', size: 1 }, other)).status).toBe(404);
    expect((await post('/folders/shared/request-download', { path: 'x' }, other)).status).toBe(200);
    expect((await call(other, 'DELETE', '/folders/shared')).status).toBe(404);
    expect((await post('/folders/shared/leave', {}, other)).status).toBe(200);
    expect((await call(other, 'GET', '/folders/shared/files')).status).toBe(404);
  });

  it('and renaming want a policy that allows them', async () => {
    const other = as('low-limits');
    await post('/folders', { name: 'own' }, other);
    const invited = await post('/folders/own/invite', { perm: 'ro', emails: [as('main').email] }, other);
    expect(invited.json).toMatchObject({
      type: 'https://api.backend.ai/probs/storage-permission-not-allowed',
      msg: '`invite-others` Not allowed in vfolder host(`local:sandbox`)',
    });
    expect((await post('/folders/own/rename', { new_name: 'other' }, other)).status).toBe(400);
  });
});

describe('files', () => {
  it('are renamed, moved, deleted, and cloned with their folder where that is allowed', async () => {
    await post('/folders', { name: 'work', cloneable: true });
    await post('/folders/work/mkdir', { path: 'a/b' });
    expect((await post('/folders/work/rename-file', { target_path: 'a/b', new_name: 'c' })).status).toBe(200);
    expect((await post('/folders/work/move-file', { src: 'a/c', dst: 'd/e' })).status).toBe(200);
    expect((await post('/folders/work/delete-files', { files: ['d'] })).status).toBe(400);
    expect((await post('/folders/data/clone', { target_name: 'copy' })).status).toBe(403);
    const copy = await post('/folders/work/clone', { target_name: 'copy' });
    expect(copy.json).toMatchObject({ name: 'copy', bgtask_id: expect.any(String) });
    expect((await post('/folders/work/delete-files', { files: ['d'], recursive: true })).status).toBe(200);
    const left = await call(as('main'), 'GET', '/folders/work/files');
    expect(rows(left, 'items').map(({ name }) => name)).toEqual(['a']);
  });
});
