/** Services of a session (API reference, sections 4.9 to 4.11) and the list of files in its home (4.7). */
import { z } from 'zod';
import type { Session } from '../../src-preload/contract/sessions.ts';
import type { ServicesApi, SessionFile } from './api/services-api.ts';
import { openCircuit } from './app-proxy.ts';
import type { HttpTransport } from './http.ts';
import { ofSession } from './of-session.ts';
import { everywhere } from './placement.ts';
import { readSessionFile } from './session-files.ts';
import type { SiteClient } from './site-client.ts';
import { openTunnel } from './tunnel.ts';
import { explainTunnel } from './tunnel-errors.ts';
import type { Can } from './version-gates.ts';
import { jsonText } from './wire.ts';

const names = z
  .union([z.array(z.string()), z.record(z.string(), z.unknown()).transform((record) => Object.keys(record))])
  .nullish()
  .catch(null);
const Services = z.array(
  z.object({
    name: z.string(),
    protocol: z.string(),
    ports: z.array(z.number()).catch([]),
    url_template: z.string().nullish(),
    allowed_arguments: names,
    allowed_envs: names,
  }),
);
const Started = z.object({ token: z.string(), wsproxy_addr: z.string() });
const Listing = z.object({ files: jsonText });
const FileRow = z.object({
  filename: z.string(),
  mode: z.string().catch(''),
  size: z.coerce.number().catch(0),
  mtime: z.coerce.number().nullish().catch(null),
});

export interface ServicesOptions {
  readonly client: SiteClient;
  /** For the app proxy, which has a credential of its own. */
  readonly http: HttpTransport;
  readonly can: Can;
  readonly session: (sessionId: string, signal?: AbortSignal) => Promise<Session | null>;
}

export function services({ client, http, can, session }: ServicesOptions): ServicesApi {
  const list: ServicesApi['services'] = async (sessionId, signal) => {
    const apps = await ofSession(sessionId, client.json(`/stream/session/${sessionId}/apps`, Services, { signal }));
    return apps.map(({ name, protocol, ports, url_template, allowed_arguments, allowed_envs }) => ({
      name,
      protocol,
      ports,
      urlTemplate: url_template ?? null,
      allowedArguments: allowed_arguments ?? [],
      allowedEnvs: allowed_envs ?? [],
    }));
  };

  const startService: ServicesApi['startService'] = async (sessionId, service, start, signal) => {
    const json = {
      app: service,
      ...(start.port === undefined ? {} : { port: start.port }),
      // Text that holds JSON, unlike everything else here.
      ...(start.envs === undefined ? {} : { envs: JSON.stringify(start.envs) }),
      ...(start.arguments === undefined ? {} : { arguments: JSON.stringify(start.arguments) }),
    };
    const request = { method: 'POST', json, timeoutMs: 60_000, signal } as const;
    const answer = await client.json(`/session/${sessionId}/start-service`, Started, request);
    return { token: answer.token, proxyAddress: answer.wsproxy_addr };
  };

  return {
    services: list,
    startService,
    hearsClose: () => client.mode === 'api',

    openCircuit: (sessionId, service, protocol, signal) =>
      openCircuit(
        { client, http, startService: (id, name, aborted) => startService(id, name, {}, aborted) },
        { sessionId, service, protocol },
        signal,
      ),

    async shutdownService(sessionId, service, signal) {
      const request = { ...everywhere({ service_name: service }), signal };
      await ofSession(sessionId, client.raw(`/session/${sessionId}/shutdown-service`, request));
    },

    readSessionFile: (sessionId, path, signal) => readSessionFile(client, can, sessionId, path, signal),

    async listSessionFiles(sessionId, path, signal) {
      // Up to 26.2 the parameter is read from a body on GET, from 26.3 on from the query.
      const request = { query: { path }, ...(can('listFilesByQuery') ? {} : { json: { path } }), signal };
      const answer = await ofSession(sessionId, client.json(`/session/${sessionId}/files`, Listing, request));
      return (Array.isArray(answer.files) ? answer.files : []).flatMap(readFile);
    },

    async openTunnel(sessionId, service, kind, signal) {
      try {
        const path = `/stream/session/${sessionId}/${kind}`;
        const isCipherText = kind === 'tcpproxy' && service === 'sshd';
        return await openTunnel(client, path, { app: service }, { signal, isCipherText });
      } catch (error) {
        throw await explainTunnel(
          error,
          { sessionId, service },
          { session: () => session(sessionId, signal), services: () => list(sessionId, signal) },
        );
      }
    },
  };
}

function readFile(value: unknown): SessionFile[] {
  const row = FileRow.safeParse(value);
  if (!row.success) return [];
  const { filename, mode, size, mtime } = row.data;
  const modifiedAt = mtime === null || mtime === undefined ? null : new Date(mtime * 1000).toISOString();
  return [{ name: filename, mode, bytes: size, folder: mode.startsWith('d'), modifiedAt }];
}
