import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client, SFTPWrapper } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KernelRuntime, RunningKernel } from './kernel.ts';
import { sshClient, temporaryFolder, testRuntime, testSpec } from './testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let runtime: KernelRuntime;
let kernel: RunningKernel;
let client: Client;
let sftp: SFTPWrapper;

const call = <T>(run: (done: (error: Error | null | undefined, value: T) => void) => unknown): Promise<T> =>
  new Promise((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value))));
const hashOf = (data: Buffer) => createHash('sha256').update(data).digest('hex');
/** The protocol's numbers (SSH_FX_*), as clients see them. */
const code = (value: number) => ({ code: value });

beforeAll(async () => {
  folder = await temporaryFolder();
  ({ runtime } = await testRuntime(join(folder.path, 'data')));
  const spec = testSpec();
  kernel = await runtime.start(spec);
  client = await sshClient(kernel, spec.userKey.privatePem);
  sftp = await call<SFTPWrapper>((done) => client.sftp(done));
});

afterAll(async () => {
  client?.end();
  await runtime?.dispose();
  await folder?.remove();
});

describe('sftp', () => {
  it('carries 20 MB there and back', async () => {
    const data = randomBytes(20_000_000);
    await writeFile(join(folder.path, 'up'), data);
    await call<void>((done) => sftp.fastPut(join(folder.path, 'up'), 'big.bin', (error) => done(error, undefined)));
    expect(hashOf(await readFile(join(kernel.home, 'big.bin')))).toBe(hashOf(data));
    await call<void>((done) =>
      sftp.fastGet('/home/work/big.bin', join(folder.path, 'down'), (error) => done(error, undefined)),
    );
    expect(hashOf(await readFile(join(folder.path, 'down')))).toBe(hashOf(data));
  });

  it('starts in the home and understands /home/work', async () => {
    expect(await call<string>((done) => sftp.realpath('.', done))).toBe(kernel.home);
    expect(await call<string>((done) => sftp.realpath('/home/work/../work/big.bin', done))).toBe(
      join(kernel.home, 'big.bin'),
    );
    expect(await call<string>((done) => sftp.realpath('/', done))).toBe('/');
    expect(await call<string>((done) => sftp.realpath('not-yet', done))).toBe(join(kernel.home, 'not-yet'));
  });

  it.each(['a b', "it's", '한글 파일', '-rf', 'new\nline', 'é', 'x'.repeat(255), '*?[]"$;&|'])(
    'keeps the name %j',
    async (name) => {
      await call<void>((done) => sftp.writeFile(name, name, (error) => done(error, undefined)));
      const names = (await call<{ filename: string }[]>((done) => sftp.readdir('.', done as never))).map(
        (one) => one.filename,
      );
      expect(names).toContain(name);
      expect(await readFile(join(kernel.home, name), 'utf8')).toBe(name);
      await call<void>((done) => sftp.unlink(name, (error) => done(error, undefined)));
    },
  );

  it('lists a folder of 1000 names', async () => {
    await mkdir(join(kernel.home, 'many'));
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => writeFile(join(kernel.home, 'many', String(index)), '')),
    );
    const list = await call<{ filename: string; longname: string }[]>((done) => sftp.readdir('many', done as never));
    expect(list.filter((one) => one.filename !== '.' && one.filename !== '..')).toHaveLength(1000);
    expect(list[5]?.longname).toMatch(/^[-d][rwx-]{9} +\d+ /);
  });

  it('has attributes, links, folders and renames', async () => {
    const done = (run: (cb: (error?: Error | null) => void) => unknown) =>
      call<void>((cb) => run((error) => cb(error, undefined)));
    await done((cb) => sftp.writeFile('f', 'abc', { mode: 0o640 }, cb));
    await done((cb) => sftp.chmod('f', 0o600, cb));
    await done((cb) => sftp.utimes('f', 1_000_000_000, 1_100_000_000, cb));
    await expect(call((cb) => sftp.stat('f', cb))).resolves.toMatchObject({
      size: 3,
      mode: 0o100600,
      mtime: 1_100_000_000,
    });
    await done((cb) => sftp.mkdir('dir', cb));
    await expect(done((cb) => sftp.mkdir('dir', cb))).rejects.toMatchObject(code(4));
    await expect(done((cb) => sftp.rename('f', 'big.bin', cb))).rejects.toMatchObject(code(4));
    await done((cb) => sftp.rename('f', 'dir/g', cb));
    await done((cb) => sftp.ext_openssh_rename('dir/g', 'big.bin', cb));
    expect(await readFile(join(kernel.home, 'big.bin'), 'utf8')).toBe('abc');
    await symlink('big.bin', join(kernel.home, 'link'));
    expect(await call<string>((cb) => sftp.readlink('link', cb))).toBe('big.bin');
    await expect(call((cb) => sftp.lstat('link', cb))).resolves.toMatchObject({ mode: expect.any(Number) });
    await done((cb) => sftp.rmdir('dir', cb));
    await expect(done((cb) => sftp.rmdir('dir', cb))).rejects.toMatchObject(code(2));
    const free = await call<{ f_bsize: number }>((cb) => sftp.ext_openssh_statvfs('.', cb as never));
    expect(free.f_bsize).toBeGreaterThan(0);
  });

  it('says what is wrong', async () => {
    await expect(call((done) => sftp.stat('nothing', done))).rejects.toMatchObject(code(2));
    await expect(call((done) => sftp.readFile('many', done as never))).rejects.toMatchObject(code(4));
    await expect(call((done) => sftp.opendir('big.bin', done))).rejects.toMatchObject(code(2));
    await expect(
      call((done) => sftp.close(Buffer.from('99'), (error) => done(error, undefined))),
    ).rejects.toMatchObject(code(4));
  });

  it('refuses the 257th open file, and works on', async () => {
    const opened: Buffer[] = [];
    await expect(
      (async () => {
        for (let count = 0; count < 300; count += 1)
          opened.push(await call<Buffer>((done) => sftp.open('big.bin', 'r', done)));
      })(),
    ).rejects.toMatchObject(code(4));
    expect(opened).toHaveLength(256);
    await Promise.all(
      opened.map((handle) => call<void>((done) => sftp.close(handle, (error) => done(error, undefined)))),
    );
    await call((done) => sftp.stat('.', done));
  });

  it('does not hang on a named pipe', async () => {
    await promisify(execFile)('mkfifo', [join(kernel.home, 'pipe')]);
    const handle = await call<Buffer>((done) => sftp.open('pipe', 'r', done));
    await call<void>((done) => sftp.close(handle, (error) => done(error, undefined)));
  });
});
