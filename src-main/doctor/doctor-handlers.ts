/** The contract's `doctor` stream. */
import type { DoctorTarget } from '../../src-preload/contract/doctor.ts';
import type { Clock } from '../base/clock.ts';
import type { StreamHandlers } from '../handlers.ts';
import { type DoctorTools, examine } from './doctor.ts';

export interface DoctorDeps {
  /** Throws BerthError `account-missing` or `invalid-input`. */
  readonly tools: (target: DoctorTarget) => Promise<DoctorTools & { dispose(): void }>;
  readonly clock: Clock;
  readonly redact: (text: string) => string;
}

export function doctorStreams({ tools, clock, redact }: DoctorDeps): StreamHandlers['doctor'] {
  return {
    run(target, port) {
      const abort = new AbortController();
      port.onClose(() => abort.abort());
      const walk = async () => {
        const mine = await tools(target);
        try {
          await examine({
            tools: mine,
            clock,
            redact,
            signal: abort.signal,
            onNote: (note) => {
              if (!abort.signal.aborted) port.note(note);
            },
          });
        } finally {
          mine.dispose();
        }
      };
      walk().then(
        () => {
          if (!abort.signal.aborted) port.close();
        },
        (error: unknown) => {
          // A closed window ends the walk: nobody is left to be told.
          if (!abort.signal.aborted) port.close(error);
        },
      );
    },
  };
}
