/** `npm run test:soak [-- --minutes N --seed S]`: Berth at work under random faults; ten minutes unless told otherwise. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { soak } from './run.ts';
import { makeSchedule } from './schedule.ts';

/** Without a fault at the end, so that what is judged then had time to come back. */
const calmMs = 5_000;

function readNumber(text: string | undefined, least: number): number | null {
  const number = Number(text);
  return text === undefined || !(number >= least) ? null : number;
}

/** Answers the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
    },
  });
  const minutes = readNumber(values.minutes, 0.5);
  const seed = readNumber(values.seed, 0);
  if (minutes === null || seed === null || !Number.isInteger(seed)) {
    console.error('--minutes takes a number from 0.5, --seed a whole number.');
    return 2;
  }
  const durationMs = minutes * 60_000;
  const schedule = makeSchedule(seed, durationMs, calmMs);
  console.log(`soak of ${minutes} minutes, seed ${seed}, ${schedule.length} faults`);
  // The SSH server of Backend.AI's own containers, where it can be run as they do.
  const sshd = process.getuid?.() === 0 && existsSync('/usr/sbin/dropbear') ? 'dropbear' : 'builtin';
  const hasJupyter = existsSync('/usr/bin/jupyter-notebook');
  if (!hasJupyter) console.log('not run here: the notebook, because Jupyter is not installed');
  const { checks, timeline } = await soak({
    seed,
    durationMs,
    schedule,
    sshd,
    hasJupyter,
    tell: (line) => console.log(line),
  });
  if (checks.failed > 0)
    console.log(`\nwhat happened (again with --minutes ${minutes} --seed ${seed}):\n${timeline.join('\n')}\n`);
  console.log(checks.lines().join('\n'));
  console.log(`${checks.passed} passed, ${checks.failed} failed`);
  return checks.failed === 0 ? 0 : 1;
}
