/** One Berth per data folder, whichever host: takes the lock, or asks the Berth that has it for a way in. */
import { lstatSync, rmSync } from 'node:fs';
import type { AreaLog } from '../log/log.ts';
import { askControl, type ControlHandlers, ControlServer } from './control-channel.ts';
import { newControlAddress } from './control-folder.ts';
import { takeLock } from './instance-lock.ts';
import type { Shutdown } from './shutdown.ts';
import { StartProblem } from './start-problem.ts';

export type Instance =
  | { readonly kind: 'first' }
  /** `url`: a fresh entry address; null when the other one showed its own window. */
  | { readonly kind: 'second'; readonly url: string | null };

/** The owner may itself be starting, with a sandbox to wait for. */
const replyWithinMs = 20_000;
const endWithinMs = 50;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Undefined when nobody is there any more. */
async function askOwner(control: string, opens: boolean, launch: string | null): Promise<string | null | undefined> {
  try {
    const { reply, socket } = await askControl(
      control,
      { op: 'entry', opens, ...(launch === null ? {} : { launch }) },
      replyWithinMs,
    );
    socket.destroy();
    if (!reply.ok && launch !== null && reply.error !== undefined) throw new StartProblem(reply.error, 2);
    if (!reply.ok) throw new Error(reply.error ?? 'refused');
    return reply.url ?? null;
  } catch (error) {
    if (error instanceof StartProblem) throw error;
    if (codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ENOENT') {
      // What a killed Berth left: a socket that nobody listens on.
      if (lstatSync(control, { throwIfNoEntry: false })?.isSocket()) rmSync(control, { force: true });
      return undefined;
    }
    throw new StartProblem(
      'Berth already runs with this data folder but does not answer; end it, or choose another folder with --data-dir.',
      1,
      error,
    );
  }
}

/**
 * @param options.opens whether the asker opens the address itself at once
 * @throws StartProblem
 */
export async function becomeInstance(options: {
  readonly dataDir: string;
  readonly opens: boolean;
  /** A launch that the Berth that runs should show. */
  readonly launch: string | null;
  readonly handlers: ControlHandlers;
  readonly shutdown: Shutdown;
  readonly log: AreaLog;
}): Promise<Instance> {
  const control = new ControlServer(options.handlers, options.log);
  const controlPath = newControlAddress();
  options.shutdown.add('control channel', endWithinMs, () => control.close());
  await control.listen(controlPath);
  let url: string | null | undefined;
  const lock = await takeLock(options.dataDir, { pid: process.pid, control: controlPath }, async (owner) => {
    url = await askOwner(owner.control, options.opens, options.launch);
    return url !== undefined;
  });
  if (!lock.owned) return { kind: 'second', url: url ?? null };
  options.shutdown.add('lock', endWithinMs, () => lock.release());
  return { kind: 'first' };
}
