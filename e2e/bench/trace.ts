/**
 * What the page's own thread works for a while, in processor time: unlike the time between frames, it does not grow when
 * others on this machine are busy.
 */
import type { Page } from '@playwright/test';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds on the processor. */
  readonly tdur?: number;
}

const isEvent = (it: unknown): it is TraceEvent => typeof it === 'object' && it !== null && 'tid' in it;

/** Runs `work`; answers what it answers, and the longest task of the busiest thread of pages in milliseconds. */
export async function longestTask<T>(page: Page, work: () => Promise<T>): Promise<{ result: T; longestMs: number }> {
  const cdp = await page.context().newCDPSession(page);
  const tasks: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => {
    for (const it of value)
      if (isEvent(it) && it.ph === 'X' && it.name === 'ThreadControllerImpl::RunTask') tasks.push(it);
  });
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel'] } });
  const result = await work();
  const complete = new Promise<void>((done) => {
    cdp.once('Tracing.tracingComplete', () => done());
  });
  await cdp.send('Tracing.end');
  await complete;
  await cdp.detach();
  const threads = new Map<string, { sum: number; most: number }>();
  for (const { pid, tid, tdur = 0 } of tasks) {
    const thread = threads.get(`${pid} ${tid}`) ?? { sum: 0, most: 0 };
    threads.set(`${pid} ${tid}`, { sum: thread.sum + tdur, most: Math.max(thread.most, tdur) });
  }
  const busiest = [...threads.values()].sort((a, b) => b.sum - a.sum)[0];
  if (!busiest) throw new Error('the trace tells of no task');
  return { result, longestMs: busiest.most / 1000 };
}
