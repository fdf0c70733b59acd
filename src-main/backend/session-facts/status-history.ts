/** When a session had which status, in each form the sites tell it. */
import type { StatusStep } from '../../../src-preload/contract/session-facts.ts';
import { asInstant, asRecord } from '../wire.ts';

/** `{STATUS: time}`, or from some versions a list of `{status, timestamp}`. */
export function readHistory(value: unknown): StatusStep[] {
  const steps = Array.isArray(value)
    ? value.map((item) => [asRecord(item).status, asRecord(item).timestamp])
    : Object.entries(asRecord(value));
  return steps
    .flatMap(([status, time]) => {
      const at = asInstant(time);
      return typeof status === 'string' && at !== null ? [{ status: status.toUpperCase(), at }] : [];
    })
    .sort((a, b) => a.at.localeCompare(b.at));
}
