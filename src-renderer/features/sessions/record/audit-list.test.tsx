/** Entries of the audit log as a person reads them. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { AuditEntry } from '../../../../src-preload/contract/session-facts.ts';
import { AuditList } from './audit-list.tsx';

const entry = (change: Partial<AuditEntry>): AuditEntry => ({
  id: 'a',
  at: '2026-01-01T00:00:00.000Z',
  operation: 'rename',
  result: 'success',
  by: { id: '11111111-2222-4333-8444-555555555555', email: 'ada@example.com' },
  durationMs: 1250,
  description: 'Renamed the session',
  ...change,
});

it('tell what, how it went, by whom and how long it took; unknown words stay as they are', () => {
  const entries = [
    entry({}),
    entry({ id: 'b', result: 'denied', by: { id: 'u-2', email: 'me@example.com' }, durationMs: 12 }),
    entry({ id: 'c', result: 'postponed', by: null, durationMs: null, description: '' }),
    entry({ id: 'd', result: 'error', by: { id: 'u-3', email: null }, durationMs: null }),
  ];
  const html = renderToStaticMarkup(<AuditList entries={entries} own="me@example.com" />);
  const items = html.split('<li>').slice(1);
  expect(items[0]).toMatch(/rename.*data-level="good".*done.*ago.*by ada@example\.com · took 1 s.*Renamed the session/);
  expect(items[1]).toMatch(/data-level="bad".*not allowed.*by you \(me@example\.com\) · took 12 ms/);
  expect(items[2]).toMatch(/data-level="unknown".*postponed.*by the site itself, or not told/);
  expect(items[3]).toMatch(/failed.*by u-3/);
});
