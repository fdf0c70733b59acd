import { afterEach, describe, expect, it } from 'vitest';
import type { TaskProgress } from '../../src-preload/contract/session-facts.ts';
import { systemClock } from '../base/clock.ts';
import { followTask, readTaskEvent } from './background-task.ts';
import { sendProblem, serve, siteClient, type TestServer } from './testing.ts';

let server: TestServer | null = null;
afterEach(() => server?.close());

const impatient = { ...systemClock, after: (_ms: number, callback: () => void) => systemClock.after(0, callback) };
const sse = (event: string, data: unknown) => `event: ${event}\nretry: 5\ndata: ${JSON.stringify(data)}\n\n`;

describe('followTask', () => {
  it('opens a broken stream again, and ends with the task', async () => {
    const answers = [
      `: ping\n\n${sse('bgtask_updated', { message: 'pushing', current_progress: 1, total_progress: 4 })}`,
      sse('server_close', {}),
      sse('bgtask_updated', { message: 'pushing', current_progress: 3, total_progress: 4 }) +
        sse('bgtask_done', { message: 'done' }),
    ];
    server = await serve((_request, response, _body, count) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(answers[count - 1] ?? '');
      if (count === 1) setTimeout(() => response.destroy(), 20);
      else response.end();
    });
    const seen: TaskProgress[] = [];
    const last = await followTask(siteClient(server.endpoint), impatient, 'task 1', (progress) => seen.push(progress));
    expect(last).toEqual({ state: 'done', message: 'done', fraction: 1 });
    expect(seen.map(({ fraction }) => fraction)).toEqual([0.25, 0.75, 1]);
    expect(server.requests.map(({ url }) => url)).toEqual(Array(3).fill('/events/background-task?task_id=task%201'));
  });

  it('does not ask again for a task that the site does not know', async () => {
    server = await serve((_request, response) => sendProblem(response, 404, 'bgtask-not-found'));
    const pending = followTask(siteClient(server.endpoint), impatient, 'gone', () => undefined);
    await expect(pending).rejects.toMatchObject({ code: 'not-found' });
    expect(server.requests.length).toBe(1);
  });

  it('stops when it is told to', async () => {
    server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(sse('bgtask_updated', { message: 'pushing' }));
    });
    const abort = new AbortController();
    const pending = followTask(siteClient(server.endpoint), impatient, 't', () => abort.abort(), abort.signal);
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' });
  });

  it.each([
    ['bgtask_updated', '{"current_progress":5,"total_progress":0}', { state: 'running', fraction: null }],
    ['bgtask_updated', '{"current_progress":9,"total_progress":3}', { state: 'running', fraction: 1 }],
    ['bgtask_failed', '{"message":"no space"}', { state: 'failed', message: 'no space' }],
    ['bgtask_cancelled', 'not json', { state: 'cancelled', message: '' }],
    ['bgtask_partial_success', '{"message":"some","errors":[]}', { state: 'done' }],
    ['something_new', '{}', null],
  ])('%s %s', (event, data, expected) => {
    const read = readTaskEvent(event, data);
    if (expected === null) expect(read).toBeNull();
    else expect(read).toMatchObject(expected);
  });
});
