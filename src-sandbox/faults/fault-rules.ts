/**
 * Which fault of a script a request meets: patterns, counts, and chance from a seed.
 */
import type { FaultPlace, FaultRule, FaultScript } from './fault-file.ts';

export interface Met {
  readonly place: FaultPlace;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A small generator with a seed, so that two runs of a script spoil the same requests. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pathPattern(path: string): RegExp {
  const source = path
    .split('/')
    .map((part) => {
      if (part === '**') return '.*';
      return part
        .split('*')
        .map((plain) => plain.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('[^/]*');
    })
    .join('/');
  return new RegExp(`^${source}$`);
}

interface Armed {
  readonly rule: FaultRule;
  readonly method: string;
  readonly path: RegExp;
  readonly random: () => number;
  met: number;
  spoilt: number;
}

export class FaultRules {
  private readonly armed: readonly Armed[];

  constructor({ rules, seed }: Pick<FaultScript, 'rules' | 'seed'>) {
    this.armed = rules.map((rule, index) => {
      const [method = '*', path = '/**'] = rule.on.split(' ', 2);
      return { rule, method, path: pathPattern(path), random: randomFrom(seed + index * 7919), met: 0, spoilt: 0 };
    });
  }

  /** The first rule that this request meets and that is due, of those that `wanted` names; counts as met. */
  next(request: Met, wanted: (rule: FaultRule) => boolean): FaultRule | null {
    for (const one of this.armed) {
      if (!wanted(one.rule) || !this.fits(one, request)) continue;
      one.met += 1;
      if (one.met <= one.rule.skip) continue;
      if (one.rule.count !== undefined && one.spoilt >= one.rule.count) continue;
      if (one.rule.probability < 1 && one.random() >= one.rule.probability) continue;
      one.spoilt += 1;
      return one.rule;
    }
    return null;
  }

  private fits({ rule, method, path }: Armed, request: Met): boolean {
    if (rule.at !== undefined && rule.at !== request.place) return false;
    if (method !== '*' && method !== request.method) return false;
    if (!path.test(request.path)) return false;
    return Object.entries(rule.query ?? {}).every(([name, value]) => request.query.get(name) === value);
  }
}
