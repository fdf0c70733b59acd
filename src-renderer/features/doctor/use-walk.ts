/** One walk of the doctor, as its notes arrive. */
import { useEffect, useState } from 'react';
import type { DoctorReport, DoctorStep, DoctorStepName, DoctorTarget } from '../../../src-preload/contract/doctor.ts';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import { berth } from '../../bridge.ts';

export interface Walk {
  readonly endpoint: string | null;
  readonly steps: readonly DoctorStep[];
  /** The one under way. */
  readonly now: DoctorStepName | null;
  readonly report: DoctorReport | null;
  /** The walk itself could not be made. */
  readonly error: ErrorValue | null;
}

const fresh: Walk = { endpoint: null, steps: [], now: null, report: null, error: null };

/** @param turn another number walks again */
export function useWalk(target: DoctorTarget, turn: number): Walk {
  const [walk, setWalk] = useState<Walk>(fresh);
  const key = `${JSON.stringify(target)} ${turn}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the target, whose object is new each time.
  useEffect(() => {
    setWalk(fresh);
    const stream = berth.doctor.run(target, {
      onData: () => {},
      onNote: (note) =>
        setWalk((before) => {
          switch (note.is) {
            case 'begun':
              return { ...before, endpoint: note.endpoint, now: note.step };
            case 'step':
              return { ...before, now: null, steps: [...before.steps, note.step] };
            case 'report':
              return { ...before, now: null, report: note.report, endpoint: note.report.endpoint };
          }
        }),
      onClose: (error) => {
        if (error) setWalk((before) => ({ ...before, now: null, error }));
      },
    });
    return () => stream.close();
  }, [key]);
  return walk;
}
