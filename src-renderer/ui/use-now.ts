/** The time, ticking: one timer for all who ask for the same step. */
import { useSyncExternalStore } from 'react';

class Clock {
  now = Date.now();
  readonly #listeners = new Set<() => void>();
  readonly #stepMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#timer === undefined) {
      this.now = Date.now();
      this.#timer = setInterval(() => {
        this.now = Date.now();
        for (const it of this.#listeners) it();
      }, this.#stepMs);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  readonly read = (): number => this.now;
}

const seconds = new Clock(1000);
const slow = new Clock(15_000);

/** Milliseconds since 1970, rerendering every second or, for ages in a list, every 15 s. */
export function useNow(step: 'second' | 'slow'): number {
  const clock = step === 'second' ? seconds : slow;
  return useSyncExternalStore(clock.subscribe, clock.read, clock.read);
}
