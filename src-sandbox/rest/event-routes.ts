/**
 * Server-sent events: `/events/session` and `/events/background-task` (API reference, section 8).
 */
import type { ServerResponse } from 'node:http';
import type { Account } from '../auth/account.ts';
import { type Call, callerOf, optionalText, type Reply } from '../http/call.ts';
import { badFields, badParameters, forbidden, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import type { SessionEvent, TaskState } from '../sessions/events.ts';
import { projectNamed, type Site } from '../site.ts';

/** A comment line so often keeps proxies and clients from taking silence for a dead connection: a manager's own default. */
export const usualPingSeconds = 15;
/** A reader that lets this much pile up is cut off: it can connect again and refetch. */
const maxWaitingBytes = 1024 * 1024;

/** One open stream. `end` also runs when the client goes away. */
class EventStream {
  private readonly response: ServerResponse;
  private readonly timer: NodeJS.Timeout;

  constructor(response: ServerResponse, pingSeconds: number, onEnd: () => void) {
    this.response = response;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache',
      Connection: 'keep-alive',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    this.timer = setInterval(() => response.write(`: ping - ${new Date().toISOString()}\r\n\r\n`), pingSeconds * 1000);
    response.once('close', () => {
      clearInterval(this.timer);
      onEnd();
    });
  }

  send(event: string, data: unknown): void {
    this.response.write(`event: ${event}\r\ndata: ${JSON.stringify(data)}\r\n\r\n`);
    if (this.response.writableLength > maxWaitingBytes) this.response.destroy();
  }

  end(): void {
    this.response.end();
  }
}

export interface EventRoutes {
  readonly routes: readonly Route[];
  /** Ends every open stream, so that the server can close. */
  readonly close: () => void;
}

/** @param pingSeconds between two signs of life of a stream that has nothing to tell */
export function eventRoutes(site: Site, pingSeconds = usualPingSeconds): EventRoutes {
  const { face, sessions, events, tasks } = site;
  const open = new Set<EventStream>();

  const stream = (call: Call, onEnd: () => void): EventStream => {
    const made: EventStream = new EventStream(call.response, pingSeconds, () => {
      open.delete(made);
      onEnd();
    });
    open.add(made);
    return made;
  };

  const readScopes = (scope: string): ReadonlySet<string> => {
    const scopes = scope === '*' ? ['session', 'kernel'] : face.since('25.13') ? scope.split(',') : [scope];
    if (!scopes.every((one) => one === 'session' || one === 'kernel')) throw badParameters(`Invalid scope: ${scope}`);
    return new Set(scopes);
  };

  /** Which sessions the stream tells of; `null` for all. */
  const readTarget = (
    fields: Readonly<Record<string, unknown>>,
    account: Account,
  ): ((event: SessionEvent) => boolean) => {
    const name = optionalText(fields, 'name', 'sessionName') ?? '*';
    const id = optionalText(fields, 'sessionId');
    if (face.since('25.13')) {
      // A given sessionId is not looked at any more; a name is turned into an id when the stream opens.
      if (name === '*') return () => true;
      const wanted = sessions.store.live(name, account).id;
      return ({ session }) => session.id === wanted;
    }
    return ({ session }) => (name === '*' || session.name === name) && (id === null || session.id === id);
  };

  const sessionEvents = (call: Call): Reply => {
    const fields = Object.fromEntries(call.query);
    const account = callerOf(call);
    const owner = optionalText(fields, 'ownerAccessKey');
    if (owner !== null && owner !== account.accessKey)
      throw forbidden("You may follow your own sessions' events only.");
    const group = optionalText(fields, 'group', 'groupName') ?? '*';
    if (group !== '*' && projectNamed(site, account, group) === null) {
      throw new Problem(404, 'object-not-found', 'No such project.');
    }
    const scopes = readScopes(optionalText(fields, 'scope') ?? '*');
    const concerns = readTarget(fields, account);
    const unsubscribe = events.subscribe((event) => {
      if (group !== '*' && event.session.order.project.name !== group) return;
      if (
        event.session.owner !== account ||
        !scopes.has(event.kernel === null ? 'session' : 'kernel') ||
        !concerns(event)
      )
        return;
      const { session, kernel, reason } = event;
      out.send(event.name, {
        reason,
        sessionName: session.name,
        ownerAccessKey: account.accessKey,
        sessionId: session.id,
        exitCode: null,
        ...(kernel === null ? {} : { kernelId: kernel.id, clusterRole: kernel.role, clusterIdx: kernel.index }),
      });
    });
    const out = stream(call, unsubscribe);
    return undefined;
  };

  const taskEvents = (call: Call): Reply => {
    const id = optionalText(Object.fromEntries(call.query), 'task_id', 'taskId');
    if (id === null) throw badFields({ task_id: 'is required' });
    const state = tasks.get(id);
    if (state === null) throw new Problem(404, 'bgtask-not-found', 'No such background task.');
    let unfollow = (): void => undefined;
    const out = stream(call, () => unfollow());
    const tell = ({ event, message, current, total }: TaskState): void => {
      const progress = event === 'bgtask_updated' ? { current_progress: current, total_progress: total } : {};
      out.send(event, { task_id: id, message, ...progress });
      if (event === 'bgtask_updated') return;
      out.send('server_close', {});
      out.end();
    };
    if (state.event === 'bgtask_updated') unfollow = tasks.follow(id, tell);
    tell(state);
    return undefined;
  };

  return {
    routes: [
      { method: 'GET', path: '/events/session', handler: sessionEvents },
      { method: 'GET', path: '/events/background-task', handler: taskEvents },
    ],
    close: () => {
      for (const one of [...open]) one.end();
    },
  };
}
