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

/** Null where something is no flag of ours. */
function readFlags(argv: readonly string[]): { minutes?: string; seed?: string } | null {
  try {
    const options = { minutes: { type: 'string' }, seed: { type: 'string' } } as const;
    return parseArgs({ args: [...argv], options }).values;
  } catch {
    // Whatever it dislikes, the sentence that names the flags is the answer.
    return null;
  }
}

/** Answers the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const flags = readFlags(argv);
  const minutes = readNumber(flags?.minutes ?? '10', 0.5);
  const seed = readNumber(flags?.seed ?? String(randomInt(1, 1_000_000)), 0);
  if (flags === null || minutes === null || seed === null || !Number.isInteger(seed)) {
    console.error('The soak takes --minutes with a number from 0.5 and --seed with a whole number.');
    return 2;
  }
  const durationMs = minutes * 60_000;
  const schedule = makeSchedule(seed, durationMs, calmMs);
  console.log(`soak of ${minutes} minutes, seed ${seed}, ${schedule.length} faults`);
  // The SSH server of Backend.AI's own containers, where it can be run as they do.
  const sshd = process.getuid?.() === 0 && existsSync('/usr/sbin/dropbear') ? 'dropbear' : 'builtin';
  const hasJupyter = existsSync('/usr/bin/jupyter-notebook');
  if (!hasJupyter) console.log('not run here: the notebook, because Jupyter is not installed');
  const ended = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => ended.abort());
  const tell = (line: string): void => console.log(line);
  const { checks, timeline } = await soak({ seed, durationMs, schedule, sshd, hasJupyter, tell }, ended.signal);
  if (checks.failed > 0)
    console.log(`\nwhat happened (again with --minutes ${minutes} --seed ${seed}):\n${timeline.join('\n')}\n`);
  console.log(checks.lines().join('\n'));
  console.log(`${checks.passed} passed, ${checks.failed} failed`);
  return checks.failed === 0 ? 0 : 1;
}
