/** `idle_checks` of a session (API reference, section 4.14). Which checks there are depends on the site. */
import type { IdleCheck } from '../../../src-preload/contract/session-facts.ts';
import { asRecord } from '../wire.ts';

export function readIdleChecks(value: unknown): IdleCheck[] {
  return Object.entries(asRecord(value)).flatMap(([name, check]) => {
    const fields = asRecord(check);
    if (!('remaining' in fields)) return [];
    const extra = asRecord(fields.extra);
    const operator = extra.thresholds_check_operator;
    return [
      {
        name,
        remainingSeconds: finite(fields.remaining),
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

function finite(value: unknown): number | null {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : null;
  return number !== null && Number.isFinite(number) ? number : null;
}
