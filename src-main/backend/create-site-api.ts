/** One account on one site, as the rest of Berth uses it: the composition of this folder's parts. */
import { z } from 'zod';
import type { Session } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import { readFolders, readIdentity } from './account-wire.ts';
import type { Authenticator } from './authenticator.ts';
import { Catalogue } from './catalogue.ts';
import { launchBody } from './launch-wire.ts';
import { openSessionEvents } from './session-events.ts';
import { readSessionFile } from './session-files.ts';
import { sessionListQuery, sessionQuery } from './session-queries.ts';
import { finishedFilter, liveFilter, readSession, SessionData, SessionListData } from './session-wire.ts';
import type { Identity, SiteApi } from './site-api.ts';
import { SiteClient } from './site-client.ts';
import { openTunnel } from './tunnel.ts';
import { explainTunnel } from './tunnel-errors.ts';
import { featuresOf, type Hello, pickApiVersion } from './version-gates.ts';

export interface SiteApiOptions {
  /** Without a trailing slash; may have a base path. */
  readonly endpoint: string;
  readonly authenticator: Authenticator;
  readonly hello: Hello;
  readonly clock: Clock;
  /** Also offer images that no agent has yet; launching one fetches it. */
  readonly offerNotInstalled?: boolean;
}

const Created = z.object({
  sessionId: z.string(),
  sessionName: z.string().nullish(),
  created: z.boolean().nullish(),
});
const Logs = z.object({ result: z.object({ logs: z.string().nullish() }) });
const Services = z.array(
  z.object({
    name: z.string(),
    protocol: z.string(),
    ports: z.array(z.number()).catch([]),
    url_template: z.string().nullish(),
  }),
);

/** Throws BerthError `version-unsupported`. */
export function createSiteApi(options: SiteApiOptions): SiteApi & { dispose(): void } {
  const { endpoint, authenticator, hello, clock } = options;
  const apiVersion = pickApiVersion(hello);
  const can = featuresOf(hello.manager, apiVersion);
  const client = new SiteClient({ endpoint, authenticator, apiVersion, clock });
  let known: Identity | null = null;
  const identity = async (signal?: AbortSignal) => (known ??= await readIdentity(client, signal));
  const catalogue = new Catalogue({
    client,
    can,
    clock,
    identity,
    installedOnly: options.offerNotInstalled !== true,
  });

  const readOne = async (sessionId: string, signal?: AbortSignal): Promise<Session | null> => {
    const data = await client.graphql(sessionQuery(can), { id: sessionId }, SessionData, signal);
    if (data.compute_session === null || data.compute_session === undefined) return null;
    const session = readSession(data.compute_session);
    if (session !== null) return session;
    throw new BerthError('bad-answer', { place: 'manager', params: { path: '/admin/gql', reason: 'shape' } });
  };

  const readServices: SiteApi['services'] = async (sessionId, signal) => {
    const apps = await ofSession(sessionId, client.json(`/stream/session/${sessionId}/apps`, Services, { signal }));
    return apps.map(({ name, protocol, ports, url_template }) => ({
      name,
      protocol,
      ports,
      urlTemplate: url_template ?? null,
    }));
  };

  return {
    can,
    identity: (signal) => readIdentity(client, signal).then((fresh) => (known = fresh)),

    async sessionPage({ finished, offset, limit }, signal) {
      const { compute_session_list: page } = await client.graphql(
        sessionListQuery(can, finished),
        {
          limit,
          offset,
          // Admins would get everybody's otherwise.
          access_key: client.accessKey,
          filter: finished ? finishedFilter : liveFilter,
          order: '-created_at',
        },
        SessionListData,
        signal,
      );
      const sessions = page.items.flatMap((item) => readSession(item) ?? []);
      if (page.items.length > 0 && sessions.length === 0) {
        throw new BerthError('bad-answer', { place: 'manager', params: { path: '/admin/gql', reason: 'shape' } });
      }
      return { sessions, total: page.total_count };
    },

    session: readOne,

    async start(input, signal) {
      const [{ domain }, folders, minimumMemBytes] = await Promise.all([
        identity(signal),
        input.mounts.length === 0 ? [] : readFolders(client, signal),
        catalogue.minimumMemBytes(input.image, input.architecture),
      ]);
      const json = launchBody(input, { can: can, domain, folders, minimumMemBytes });
      const answer = await client.json('/session', Created, { method: 'POST', json, timeoutMs: 60_000, signal });
      if (answer.created === false) {
        throw new BerthError('name-taken', { place: 'manager', params: { name: input.name } });
      }
      return { sessionId: answer.sessionId.toLowerCase(), name: answer.sessionName ?? input.name };
    },

    async terminate(sessionId, forced, signal) {
      const query: Record<string, string> = forced ? { forced: 'true' } : {};
      await ofSession(
        sessionId,
        client.raw(`/session/${sessionId}`, { method: 'DELETE', query, timeoutMs: 60_000, signal }),
      );
    },

    async rename(sessionId, name, signal) {
      // Query and body: releases of 26.x read one or the other.
      const request = { method: 'POST', query: { name }, json: { name }, signal } as const;
      await ofSession(sessionId, client.raw(`/session/${sessionId}/rename`, request));
    },

    async logs(sessionId, kernelId, signal) {
      const query: Record<string, string> = kernelId && can('kernelLogs') ? { kernel_id: kernelId } : {};
      const answer = await ofSession(sessionId, client.json(`/session/${sessionId}/logs`, Logs, { query, signal }));
      return answer.result.logs ?? '';
    },

    events: (handlers) => openSessionEvents(client, clock, handlers),
    launcherOptions: (project, signal) => catalogue.options(project, signal),
    launcherBounds: (query, signal) => catalogue.bounds(query, signal),
    folders: (signal) => readFolders(client, signal),

    services: readServices,

    readSessionFile: (sessionId, path, signal) => readSessionFile(client, can, sessionId, path, signal),

    async openTunnel(sessionId, service, kind, signal) {
      try {
        return await openTunnel(client, `/stream/session/${sessionId}/${kind}`, { app: service }, signal);
      } catch (error) {
        throw await explainTunnel(
          error,
          { sessionId, service },
          {
            session: () => readOne(sessionId, signal),
            services: () => readServices(sessionId, signal),
          },
        );
      }
    },

    dispose: () => client.dispose(),
  };
}

/** A 404 about one session means that this session is not there (any more). */
async function ofSession<T>(sessionId: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== 'not-found') throw error;
    throw new BerthError('session-gone', {
      place: 'manager',
      params: { ...error.params, session: sessionId },
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      cause: error,
    });
  }
}
