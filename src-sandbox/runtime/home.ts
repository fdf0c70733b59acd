/** A kernel's home folder: made at start, read by the manager's file calls. The supervisor deletes it. */
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix, relative, sep } from 'node:path';
import type { KernelSpec } from './kernel.ts';
import { containerHome } from './kernel-env.ts';

/** An Error with the code that the file calls report. */
function fileError(code: 'ENOENT' | 'EACCES' | 'EFBIG', message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}

/**
 * Makes `work` below the kernel's folder and fills it.
 * @returns the home's real path. @throws Error in words for a mount that cannot be shown.
 */
export async function prepareHome(kernelFolder: string, spec: KernelSpec, shell: string): Promise<string> {
  const made = join(kernelFolder, 'work');
  await mkdir(made, { mode: 0o700 });
  const home = await realpath(made);
  for (const mount of [...spec.mounts].sort((a, b) => a.target.length - b.target.length)) await showFolder(home, mount);
  await writeKeys(home, spec);
  await writeDotfiles(home, spec);
  await writeShellFiles(home, shell, spec.cluster?.host ?? 'main1');
  await writeFile(join(home, '.mounts'), mountsText(spec), { mode: 0o600, flag: 'wx' });
  return home;
}

async function showFolder(home: string, mount: KernelSpec['mounts'][number]): Promise<void> {
  const parts = mount.target.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) {
    throw new Error(`The folder cannot be shown as "${mount.target}" in the session: use a plain name without "..".`);
  }
  const source = await realpath(mount.source).catch(() => null);
  if (source === null || !(await stat(source)).isDirectory()) {
    throw new Error(`The folder ${mount.source} to be shown as "${mount.target}" is not there on this computer.`);
  }
  let parent = home;
  for (const part of parts.slice(0, -1)) {
    parent = join(parent, part);
    await mkdir(parent, { mode: 0o700 }).catch(ignoreExisting);
    // SECURITY: nothing is made inside a folder that was mounted before (home.test.ts, "refuses a mount inside a mount").
    if (!(await lstat(parent)).isDirectory()) {
      throw new Error(`"${mount.target}" cannot be shown in the session: a part of it is another mounted folder.`);
    }
  }
  await symlink(source, join(parent, parts.at(-1) ?? ''), 'dir').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new Error(`Two mounted folders have the same name "${mount.target}" in the session.`);
    throw error;
  });
}

/** The user's own files; one that would land inside a mounted folder is left out, as it would change that folder. */
async function writeDotfiles(home: string, spec: KernelSpec): Promise<void> {
  for (const { path, permission, data } of spec.dotfiles ?? []) {
    const target = join(home, path);
    if (!isInside(home, target) || (await leadsOut(home, path))) continue;
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await writeFile(target, data, { mode: Number.parseInt(permission, 8) });
  }
}

/** True when a part of the path is a link, as every mounted folder is. */
async function leadsOut(home: string, path: string): Promise<boolean> {
  let place = home;
  for (const part of path.split('/')) {
    place = join(place, part);
    if ((await lstat(place).catch(() => null))?.isSymbolicLink()) return true;
  }
  return false;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** A mounted `.ssh` is the person's own: it decides who may log in, and nothing is written into it (tunnels, 3.4). */
async function writeKeys(home: string, spec: KernelSpec): Promise<void> {
  const ssh = join(home, '.ssh');
  const found = await lstat(ssh).catch(() => null);
  if (found?.isSymbolicLink()) {
    if (await stat(join(ssh, 'authorized_keys')).catch(() => null)) return;
    throw new Error('The folder mounted as .ssh has no file authorized_keys, so nobody could log in to the session.');
  }
  await mkdir(ssh, { mode: 0o700 }).catch(ignoreExisting);
  const admitted = [spec.userKey, ...(spec.cluster?.key ? [spec.cluster.key] : [])];
  const lines = admitted.map(({ publicLine }) => `${publicLine.trim()}\n`).join('');
  await writeFile(join(ssh, 'authorized_keys'), lines, { mode: 0o600, flag: 'wx' });
  await writeFile(join(home, 'id_container'), spec.userKey.privatePem, { mode: 0o600, flag: 'wx' });
  // The modes above are masked by the umask only towards less; this one must be exact for ssh to accept the file.
  await chmod(join(home, 'id_container'), 0o600);
}

/**
 * A prompt as in a container, and PATH as the kernel has it although /etc/profile sets its own. Nothing here may print:
 * exec and SFTP run through the same shell.
 */
async function writeShellFiles(home: string, shell: string, host: string): Promise<void> {
  // As given by the name in SHELL only: files for other shells would be clutter.
  if (basename(shell) === 'zsh') {
    await writeIfAbsent(join(home, '.zshrc'), `PROMPT='work@${host}:%~%# '\n`);
    return;
  }
  await writeIfAbsent(
    join(home, '.profile'),
    '[ -n "$BERTH_KERNEL_PATH" ] && PATH=$BERTH_KERNEL_PATH && export PATH\n[ -n "$BASH_VERSION" ] && . "$HOME/.bashrc"\n:\n',
  );
  await writeIfAbsent(
    join(home, '.bashrc'),
    `case $- in *i*) ;; *) return ;; esac\nPS1='work@${host}:\\w$ '\nHISTCONTROL=ignoreboth\n` +
      "alias ls='ls --color=auto' 2>/dev/null\n",
  );
}

async function writeIfAbsent(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o644, flag: 'wx' }).catch(ignoreExisting);
}

function mountsText(spec: KernelSpec): string {
  const lines = spec.mounts.map(
    (mount) =>
      `${mount.target}\t${mount.source}\t${mount.readOnly ? 'asked for as read-only; the local sandbox does not enforce it' : 'read and write'}`,
  );
  return [
    '# Folders of this computer shown in this home (links to the real folders; they outlive the session).',
    ...lines,
    '',
  ].join('\n');
}

/** Where a path of the session is on this machine; relative paths are below the home, `/home/work` is the home. */
export function resolveInHome(home: string, path: string): string {
  const clean = posix.normalize(path);
  if (clean === containerHome || clean.startsWith(`${containerHome}/`))
    return join(home, clean.slice(containerHome.length));
  return isAbsolute(clean) ? clean : join(home, clean);
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/**
 * Reads one regular file of the home or of a folder mounted in it.
 * @throws Error with code ENOENT, EACCES (also: outside the home, or no regular file) or EFBIG.
 */
export async function readHomeFile(home: string, spec: KernelSpec, path: string, limitBytes: number): Promise<Buffer> {
  const asked = resolveInHome(home, path);
  const missing = (): never => {
    throw fileError('ENOENT', `There is no file ${path} in the session's home.`);
  };
  if (asked.includes('\0')) missing();
  const outside = fileError('EACCES', `${path} is outside the session's home.`);
  if (!isInside(home, asked)) throw outside;
  const real = await realpath(asked).catch(missing);
  const roots = [home, ...(await Promise.all(spec.mounts.map((mount) => realpath(mount.source).catch(() => null))))];
  // SECURITY: a link in the home must not lead the manager's file calls to the rest of the disk (home.test.ts).
  if (!roots.some((root) => root !== null && isInside(root, real))) throw outside;
  // Not blocking: a named pipe in the home must not hold up the sandbox.
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
    (error: NodeJS.ErrnoException) => {
      throw fileError(error.code === 'ENOENT' ? 'ENOENT' : 'EACCES', `${path} could not be read: ${error.message}`);
    },
  );
  try {
    const info = await file.stat();
    if (!info.isFile()) throw fileError('EACCES', `${path} is not a regular file.`);
    if (info.size > limitBytes) throw fileError('EFBIG', `${path} is larger than ${limitBytes} bytes.`);
    const buffer = Buffer.alloc(limitBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    if (length > limitBytes) throw fileError('EFBIG', `${path} is larger than ${limitBytes} bytes.`);
    return Buffer.from(buffer.subarray(0, length));
  } finally {
    await file.close();
  }
}
