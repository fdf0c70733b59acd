import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runGuarded } from './guarded-run.mjs';

const times = { askedMs: 300, endingMs: 600 };

/** A program that leaves a file, and another program that does not heed SIGTERM. */
const careless = (after: string): string => `
  const { spawn } = require('node:child_process');
  const { writeFileSync } = require('node:fs');
  writeFileSync(require('node:os').tmpdir() + '/left', '');
  process.on('SIGTERM', () => undefined);
  const other = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => 0); setInterval(() => 0, 1000); console.log("up")'], { detached: true });
  other.stdout.once('data', () => { console.log('pid ' + other.pid); ${after} });
`;

/** One that has ended and that nobody has asked about yet has no arguments any more. */
const isAlive = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
};

if (process.platform !== 'linux') console.warn('Skipped: only Linux tells what a process has to do with a folder');
const here = process.platform === 'linux' ? it.concurrent : it.skip;
here.each([
  ['crashes', 'process.kill(process.pid, "SIGKILL")', false],
  ['ends', 'process.exit(3)', false],
  ['hangs', '', true],
])(
  'a program that %s is told of, and nothing of it stays',
  async (_name, after, isLate) => {
    const lines: string[] = [];
    const limitMs = isLate ? 8_000 : 60_000;
    const ended = await runGuarded(['-e', careless(after)], {
      limitMs,
      tell: (line: string) => lines.push(line),
      times,
    });
    expect(ended.isLate).toBe(isLate);
    expect(ended.code).toBe(after.includes('exit') ? 3 : null);
    const pid = Number(/^pid (\d+)$/.exec(lines.join('\n'))?.[1]);
    expect(ended.left).toEqual([`process node (${pid})`, 'left']);
    expect(isAlive(pid)).toBe(false);
  },
  90_000,
);
