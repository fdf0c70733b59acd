/** The table of the scheduler's rounds as a person sees it first. */
import { MantineProvider } from '@mantine/core';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { SchedulingAttempt } from '../../../../src-preload/contract/session-facts.ts';
import { RoundsTable } from './rounds-table.tsx';

const round: SchedulingAttempt = {
  phase: 'schedule',
  fromStatus: 'PENDING',
  toStatus: 'HIBERNATED',
  result: 'NEED_RETRY',
  errorCode: 'no-available-agents',
  message: 'No machine has room',
  attempts: 7,
  at: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:05:00.000Z',
  steps: [{ name: 'select', result: 'FAILURE', errorCode: null, message: null, startedAt: null, endedAt: null }],
};

it('has every column, the words of results and statuses, a way to the steps, and ten rows a page', () => {
  const rounds = Array.from({ length: 12 }, (_, at) => ({
    ...round,
    phase: `phase-${at}`,
    steps: at === 0 ? round.steps : [],
  }));
  const html = renderToStaticMarkup(
    <MantineProvider>
      <RoundsTable rounds={rounds} />
    </MantineProvider>,
  );
  for (const column of ['Updated', 'Created', 'Phase', 'Result', 'From', 'To', 'Attempts', 'Message']) {
    expect(html).toMatch(new RegExp(`<th[^>]*scope="col"[^>]*>${column}</th>`));
  }
  expect(html).toContain('To be tried again');
  expect(html).toContain('data-level="again"');
  expect(html).toContain('Waiting');
  // A status of next year is shown as it is.
  expect(html).toContain('HIBERNATED');
  expect(html).toContain('No machine has room');
  expect(html).toContain('no-available-agents');
  expect(html.match(/aria-label="Steps of /g)).toHaveLength(1);
  expect(html.match(/>phase-\d+<\/td>/g)).toHaveLength(10);
  expect(html).toContain('1–10 of 12');
});
