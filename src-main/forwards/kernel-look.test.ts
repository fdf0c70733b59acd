import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookInto, readLooks } from './kernel-look.ts';

describe('a look into other kernels', () => {
  let folder: string;
  /** Runs the command as a container with these programs would. */
  const run = (command: string, ssh: string | null): string => {
    if (ssh !== null) {
      writeFileSync(join(folder, 'ssh'), `#!/bin/sh\n${ssh}\n`);
      chmodSync(join(folder, 'ssh'), 0o755);
    }
    return execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8', env: { PATH: folder }, maxBuffer: 2 ** 22 });
  };
  /** What runs in the kernel: the last word of `ssh`. */
  const inKernel = 'for kernel in "$@"; do script=$kernel; done; while [ "$1" != -- ]; do shift; done; kernel=$2;';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-kernel-'));
    // The one program besides `ssh` that the command itself needs.
    writeFileSync(join(folder, 'sh'), '#!/bin/sh\nexec /bin/sh "$@"\n');
    chmodSync(join(folder, 'sh'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('hands the script over unchanged, and the kernel as a name', () => {
    const script = `printf '%s|' "it's" '$HOME' "\`echo no\`\nsecond \\\\ line"`;
    const command = lookInto(['sub1', 'sub2'], script);
    const seen = `${inKernel} echo "$kernel:"; PATH=/usr/bin:/bin exec sh -c "$script"`;
    const looks = readLooks(run(command, seen), ['sub1', 'sub2']);
    for (const kernel of ['sub1', 'sub2']) {
      expect(looks.get(kernel)).toEqual({
        output: `${kernel}:\nit's|$HOME|no\nsecond \\ line|`,
        unseen: null,
      });
    }
    expect(run(command, 'echo "$@"')).toContain('-o BatchMode=yes');
  });

  it('takes no more of a kernel than there is a use for', () => {
    const seen = `${inKernel} PATH=/usr/bin:/bin exec sh -c "$script"`;
    const command = lookInto(['sub1'], 'yes 0123456789');
    const looks = readLooks(run(command, seen), ['sub1']);
    expect(looks.get('sub1')?.output.length).toBe(2 ** 20);
  });

  it('tells of each why it was not seen', () => {
    const kernels = ['sub1', 'sub2', 'sub3'];
    const unseen = (output: string) => kernels.map((kernel) => readLooks(output, kernels).get(kernel)?.unseen);
    const command = lookInto(kernels, 'true');
    expect(unseen(run(command, null))).toEqual(['no-ssh-program', 'no-ssh-program', 'no-ssh-program']);
    const mixed = `${inKernel} case $kernel in sub1) printf half; exit 255;; sub2) exit 1;; esac; echo all`;
    const output = run(command, mixed);
    expect(unseen(output)).toEqual(['not-reached', null, null]);
    // Cut before the last one was through: what it told so far is not all. Cut before it, nobody knows.
    expect(unseen(output.slice(0, output.indexOf('all')))).toEqual(['not-reached', null, 'not-reached']);
    expect(unseen(output.slice(0, output.indexOf('berth-kernel sub2')))).toEqual(['not-reached', undefined, undefined]);
    // What a kernel prints does not speak for one that nobody asked.
    expect([...readLooks('berth-kernel db\nberth-end\n', ['sub1']).keys()]).toEqual([]);
  });
});
