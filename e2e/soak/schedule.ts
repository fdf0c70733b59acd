/** What goes wrong in a soak, and when: drawn whole from a seed before anything starts, so that a failure can be met again. */

/** What the sandbox is told, as `src-sandbox/faults/fault-file.ts` has it. */
export type Script = Readonly<Record<string, unknown>>;

export interface Fault {
  /** For people: what happens, with its figures. */
  readonly name: string;
  /** Milliseconds after the start. */
  readonly at: number;
  /** So long it lasts. */
  readonly forMs: number;
  /** Null: the host itself is stopped, as by the computer's sleep. */
  readonly script: Script | null;
  /** Once it is over: tunnels that it has spoiled for good end, so that clean ones follow. */
  readonly endsWithCut: boolean;
}

/** The same numbers for the same seed, on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

const everything = '* /**';
const streams = 'GET /stream/**';

type Draw = (least: number, most: number) => number;
type Made = Pick<Fault, 'name' | 'forMs' | 'script'> & { readonly endsWithCut?: true };

/**
 * Calm after a fault. A link that fails again and again waits up to 30 s between two tries: without calm it would be down
 * most of the time, and faults would meet nothing.
 */
const leastCalmMs = 6_000;
const mostCalmMs = 20_000;

const kinds: readonly ((draw: Draw) => Made)[] = [
  () => ({ name: 'cut', forMs: 500, script: { now: ['cut-tunnels'] } }),
  () => ({ name: 'half-open', forMs: 8_000, script: { now: ['half-open-tunnels'] } }),
  () => ({ name: 'every connection cut', forMs: 500, script: { now: ['cut-connections'] } }),
  (draw) => {
    const forMs = draw(2_000, 12_000);
    const script = { now: ['cut-tunnels', 'cut-connections'], rules: [{ on: everything, fault: 'reset' }] };
    return { name: `away for ${forMs} ms, resets`, forMs, script };
  },
  (draw) => {
    const forMs = draw(3_000, 12_000);
    const script = { now: ['half-open-tunnels'], rules: [{ on: everything, fault: 'stall' }] };
    return { name: `away for ${forMs} ms, silence`, forMs, script };
  },
  (draw) => {
    const bytes = draw(1, 2_000);
    const afterBytes = draw(20_000, 2_000_000);
    const rule = { on: streams, query: { app: 'sshd' }, fault: 'tunnel-drop', afterBytes, bytes };
    const name = `${bytes} bytes lost after ${afterBytes}`;
    return { name, forMs: 9_000, script: { now: ['cut-tunnels'], rules: [rule] } };
  },
  (draw) => {
    const ms = draw(20, 150);
    const script = { now: ['cut-tunnels'], rules: [{ on: streams, fault: 'tunnel-delay', ms }] };
    return { name: `${ms} ms of distance`, forMs: 9_000, script, endsWithCut: true };
  },
  (draw) => {
    const afterBytes = draw(20_000, 8_000_000);
    const rules = [{ on: streams, query: { app: 'sshd' }, fault: 'tunnel-cut', afterBytes }];
    return { name: `tunnels cut after ${afterBytes} bytes`, forMs: 9_000, script: { now: ['cut-tunnels'], rules } };
  },
  (draw) => {
    const count = draw(1, 4);
    const rules = [{ on: streams, fault: draw(0, 1) === 0 ? '503' : '502', html: draw(0, 1) === 0, count }];
    return { name: `${count} tunnels refused`, forMs: 5_000, script: { now: ['cut-tunnels'], rules } };
  },
  (draw) => {
    const ms = draw(300, 2_500);
    return {
      name: `answers late by ${ms} ms`,
      forMs: 6_000,
      script: { rules: [{ on: everything, fault: 'delay', ms }] },
    };
  },
  (draw) => {
    const forMs = draw(3_000, 14_000);
    return { name: `asleep for ${forMs} ms`, forMs, script: null };
  },
];

/**
 * Faults one after another with calm between them; each kind comes once before any comes again.
 * @param calmMs at the end, without any
 */
export function makeSchedule(seed: number, durationMs: number, calmMs: number): Fault[] {
  const random = randomFrom(seed);
  const draw: Draw = (least, most) => least + Math.floor(random() * (most - least + 1));
  const faults: Fault[] = [];
  let bag: (typeof kinds)[number][] = [];
  let at = draw(1_000, 3_000);
  for (;;) {
    if (bag.length === 0) bag = [...kinds];
    const [kind] = bag.splice(draw(0, bag.length - 1), 1);
    if (!kind) return faults;
    const { endsWithCut = false, ...made } = kind(draw);
    if (at + made.forMs > durationMs - calmMs) return faults;
    faults.push({ ...made, at, endsWithCut });
    at += made.forMs + draw(leastCalmMs, mostCalmMs);
  }
}
