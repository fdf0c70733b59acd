/** `idle_checks` of a session (API reference, section 4.14). Which checks there are depends on the site. */
import type { IdleCheck } from '../../../src-preload/contract/session-facts.ts';
import { asRecord } from '../wire.ts';

/** @param now when the site said so, in epoch milliseconds: it tells the seconds that are left then */
export function readIdleChecks(value: unknown, now: number): IdleCheck[] {
  return Object.entries(asRecord(value)).flatMap(([name, check]) => {
    const fields = asRecord(check);
    if (!('remaining' in fields)) return [];
    const extra = asRecord(fields.extra);
    const operator = extra.thresholds_check_operator;
    const left = finite(fields.remaining);
    return [
      {
        name,
        endsAt: left !== null && left > 0 ? instant(now + left * 1000) : null,
        checking: left !== null && left < 0,
        kind: fields.remaining_time_type === 'grace_period' ? 'grace' : 'expire',
        resources: Object.entries(asRecord(extra.resources)).map(([resource, pair]) => ({
          name: resource,
          average: finite(Array.isArray(pair) ? pair[0] : null),
          threshold: finite(Array.isArray(pair) ? pair[1] : null),
        })),
        operator: operator === 'and' || operator === 'or' ? operator : null,
      },
    ];
  });
}

/** Null for what no calendar holds: limits may be set to centuries. */
function instant(at: number): string | null {
  return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : null;
}

function finite(value: unknown): number | null {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : null;
  return number !== null && Number.isFinite(number) ? number : null;
}
