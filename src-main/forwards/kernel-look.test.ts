import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookInto, whyUnseen } from './kernel-look.ts';

describe('a look into another kernel', () => {
  let folder: string;
  /** Runs the command as a container with these programs would. */
  const run = (command: string, ssh: string | null): string => {
    if (ssh !== null) {
      writeFileSync(join(folder, 'ssh'), `#!/bin/sh\n${ssh}\n`);
      chmodSync(join(folder, 'ssh'), 0o755);
    }
    return execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8', env: { PATH: folder } });
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-kernel-'));
    // The one program besides `ssh` that the command itself needs.
    writeFileSync(join(folder, 'sh'), '#!/bin/sh\nexec /bin/sh "$@"\n');
    chmodSync(join(folder, 'sh'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('hands the script over unchanged, and the kernel as a name', () => {
    const script = `echo "it's" '$HOME' \`no\`\nsecond \\ line`;
    const output = run(lookInto('sub1', script), 'for it; do printf "<%s>" "$it"; done');
    expect(output).toContain(`<--><sub1><${script}>`);
    expect(output).toContain('<BatchMode=yes>');
    expect(whyUnseen(output)).toBeNull();
  });

  it.each([
    ['there is no ssh', null, 'no-ssh-program'],
    ['ssh does not get there', 'exit 255', 'not-reached'],
    ['the script itself fails', 'exit 1', null],
  ] as const)('tells where %s', (_name, ssh, why) => {
    expect(whyUnseen(run(lookInto('sub1', 'true'), ssh))).toBe(why);
  });
});
