import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PullProgress } from '../kernel.ts';
import { temporaryFolder, testRuntime, until } from '../testing.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
  const bin = join(folder.path, 'bin');
  await mkdir(bin);
  for (const name of ['sh', 'mkdir', 'cp', 'cat', 'chmod', 'sleep']) await symlink(`/bin/${name}`, join(bin, name));
});
afterEach(() => folder.remove());

/** Stands in for Python: makes a "virtual environment" and lets the given shell lines be its pip. */
async function fakePython(pip: string) {
  const file = join(folder.path, 'bin', 'python3');
  const script = [
    '#!/bin/sh',
    'case "$*" in',
    '  --version) echo Python 3.99.1 ;;',
    '  "-m venv "*) /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python"; exit 0 ;;',
    `  "-m pip "*) here=$(dirname "$0"); ${pip} ;;`,
    'esac',
  ];
  await writeFile(file, `${script.join('\n')}\n`);
  await chmod(file, 0o755);
  return testRuntime(join(folder.path, 'data'), {
    lookup: { path: join(folder.path, 'bin'), canInstallPackages: false },
  });
}

const succeed =
  'echo Collecting notebook; sleep 0.3; echo "Installing collected packages: notebook"; ' +
  'printf "#!$here/python\\necho 7.1.0\\n" > "$here/jupyter-notebook.tmp"; printf "#!/bin/sh\\necho 7.1.0\\n" > "$here/jupyter-notebook"; chmod +x "$here/jupyter-notebook"';
const never = () => new AbortController().signal;

describe('pull by pip', () => {
  it('tells its progress, is joined by a second request and makes the environment available', async () => {
    const { runtime } = await fakePython(succeed);
    expect((await runtime.environments())[0]).toMatchObject({ installed: false, version: '3.99.1' });
    const seen: PullProgress[] = [];
    const joined: PullProgress[] = [];
    await Promise.all([
      runtime.pull('python-jupyter', (progress) => seen.push(progress), never()),
      until(
        () => seen.length > 1,
        5000,
        () => 'no progress',
      ).then(() => runtime.pull('python-jupyter', (one) => joined.push(one), never())),
    ]);
    expect(seen.map((one) => one.message)).toEqual([
      'Making a private Python environment',
      'Collecting notebook',
      'Installing the packages',
      'Jupyter is installed',
    ]);
    expect(seen.map((one) => one.current)).toEqual([...seen.map((one) => one.current)].sort((a, b) => a - b));
    expect(joined.at(-1)?.current).toBe(100);
    expect((await runtime.environments())[0]).toMatchObject({ installed: true });
    await runtime.dispose();
  });

  it('says what failed, where and what to do, and leaves no half of it', async () => {
    const { runtime } = await fakePython('echo "ERROR: no matching distribution" >&2; exit 1');
    await expect(runtime.pull('python-jupyter', () => {}, never())).rejects.toThrow(
      /could not be fetched on this computer by pip: .*ended with 1: ERROR: no matching distribution\. Check that/,
    );
    expect(await readdir(join(folder.path, 'data', 'environments'))).toEqual([]);
    await runtime.dispose();
  });

  it('goes on while one of two still waits, and is aborted when nobody does', async () => {
    const { runtime } = await fakePython('echo Collecting a; sleep 100');
    const [first, second] = [new AbortController(), new AbortController()];
    const seen: PullProgress[] = [];
    const one = runtime.pull('python-jupyter', (progress) => seen.push(progress), first.signal);
    const two = runtime.pull('python-jupyter', () => {}, second.signal);
    one.catch(() => {});
    two.catch(() => {});
    await until(
      () => seen.length > 1,
      5000,
      () => 'no progress',
    );
    first.abort(new Error('first left'));
    await expect(one).rejects.toThrow('first left');
    expect(await readdir(join(folder.path, 'data', 'environments'))).toEqual(['jupyter']);
    second.abort(new Error('second left'));
    await expect(two).rejects.toThrow('second left');
    await runtime.dispose();
    expect(await readdir(join(folder.path, 'data', 'environments'))).toEqual([]);
  });
});
