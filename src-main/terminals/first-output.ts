/** Between a shell's start and its first keys: what it shows of the past, and the moment from which it takes them. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { OutputPump } from './output-pump.ts';
import type { OpenedShell } from './ssh-way.ts';

/** tmux that shows nothing for this long gets its keys all the same. */
const quietStartMs = 3_000;

export interface FirstOutputDeps {
  readonly pump: OutputPump;
  /** It is the terminal's shell still. */
  isCurrent(): boolean;
  /** It has been told of. */
  isReady(): boolean;
  /** It takes keys from now on. May be called again. */
  announce(): void;
  readonly clock: Clock;
}

/** tmux throws away what was typed before it took the terminal over; its first output comes after that. */
export function passOnOutput({ shell, isTmux, mark }: OpenedShell, deps: FirstOutputDeps): Disposable {
  const { pump, clock } = deps;
  let timer: Disposable | null = null;
  const announce = (): void => {
    if (deps.isCurrent()) deps.announce();
  };
  const waitForTmux = (): void => {
    timer ??= clock.after(quietStartMs, announce);
  };
  if (!isTmux) announce();
  else if (!mark) waitForTmux();
  shell.onData((chunk) => {
    const { before, after } = mark?.push(chunk) ?? { before: null, after: chunk };
    if (before) pump.push(before);
    if (mark?.isFound && !timer) {
      // tmux begins by throwing away what its terminal has not sent yet, so it waits until all of the past is here.
      shell.write(Buffer.from('\n'), () => undefined);
      waitForTmux();
    }
    if (after.length === 0) return;
    if (deps.isReady() || pump.queuedBytes === 0) {
      announce();
      pump.push(after);
      return;
    }
    // The window is told once it has the past, of which some may still be on its way.
    shell.pause();
    pump.whenEmpty(() => {
      if (!deps.isCurrent()) return;
      announce();
      shell.resume();
      pump.push(after);
    });
  });
  return { dispose: () => timer?.dispose() };
}
