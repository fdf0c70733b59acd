/** Plain Node is not told of sleep; a clock that ran on while no timer fired tells of waking up. */
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { Emitter, type Unsubscribe } from '../../base/emitter.ts';

const lookEveryMs = 5_000;
/** More than a busy machine delays a timer; less than a link's own notice of silence would need after sleep. */
const jumpMs = 10_000;

export class SleepWatch implements Disposable {
  readonly #resumed = new Emitter<void>();
  readonly #clock: Clock;
  #timer: Disposable | null = null;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
    this.#look(this.#clock.now());
  }

  onResume(listener: () => void): Unsubscribe {
    return this.#resumed.on(listener);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = null;
  }

  #look(last: number): void {
    this.#timer = this.#clock.after(lookEveryMs, () => {
      const now = this.#clock.now();
      this.#look(now);
      if (now - last > lookEveryMs + jumpMs) this.#resumed.emit();
    });
  }
}
