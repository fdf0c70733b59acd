/** Good answers, recorded from the sandbox by making every sample call once; and a transport that plays them back spoiled. */
import { mkdtemp, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../../../src-sandbox/sandbox.ts';
import { RuntimeDouble } from '../../../../src-sandbox/testing/kernel-double.ts';
import { systemClock } from '../../../base/clock.ts';
import { createHmacAuthenticator } from '../../authenticator.ts';
import { createSiteApi } from '../../create-site-api.ts';
import { type HttpAnswer, HttpClient, type HttpRequest, type HttpTransport } from '../../http.ts';
import { until } from '../../testing.ts';
import { type Answer, mutate, type Random } from './mutations.ts';
import { sampleNames, samples, type World } from './samples.ts';

export interface Exchange {
  readonly key: string;
  readonly answer: Answer;
}

export interface Recording {
  readonly world: World;
  readonly exchanges: ReadonlyMap<string, readonly Exchange[]>;
  /** Calls that the sandbox refused: their answers are refusals, spoiled all the same. */
  readonly refused: readonly string[];
}

export const hello = { announced: 'v8.20240915', manager: '24.09.5' };

/** An answer as an open stream hands it over; a third of them end before they should. */
function asStream({ status, headers, body }: Answer): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.statusCode = status;
  message.headers = { ...headers };
  message.complete = body.byteLength % 3 !== 0;
  message.push(body);
  message.push(null);
  return message;
}

/** Requests that mean the same have the same key: method, path, and the fields of a query. */
function keyOf(request: HttpRequest): string {
  const body = request.url.pathname.endsWith('/admin/gql') ? (request.body?.toString('utf8').slice(0, 200) ?? '') : '';
  return `${request.method} ${request.url.pathname} ${body}`;
}

export async function record(): Promise<Recording> {
  const dataDir = await mkdtemp(join(tmpdir(), 'berth-fuzz-'));
  const runtime = new RuntimeDouble(dataDir);
  const sandbox = await startSandbox({
    dataDir,
    port: 0,
    manager: 'current',
    madeUp: 12,
    paceMs: 5,
    runtime,
    log: () => undefined,
  });
  const inner = new HttpClient();
  let into: Exchange[] = [];
  const http: HttpTransport = {
    async send(request) {
      const { status, headers, body } = await inner.send(request);
      const type = headers['content-type'] ?? '';
      into.push({ key: keyOf(request), answer: { status, headers: { 'content-type': type }, body } });
      return { status, headers, body };
    },
    async open(request) {
      const { status, headers, body } = await inner.send({ ...request, timeoutMs: 2_000 });
      const answer = { status, headers: { 'content-type': headers['content-type'] ?? '' }, body };
      into.push({ key: keyOf(request), answer });
      return asStream(answer);
    },
    dispose: () => undefined,
  };
  try {
    const { endpoint, accessKey, secretKey } = sandbox.info;
    const open = () =>
      createSiteApi({
        endpoint,
        authenticator: createHmacAuthenticator(accessKey, secretKey),
        hello,
        clock: systemClock,
        offerNotInstalled: true,
        http,
      });
    const api = open();
    const { signal } = new AbortController();
    const options = await api.launcherOptions(null);
    const version = options.environments.flatMap(({ versions }) => versions).find(({ installed }) => installed);
    const place = {
      image: version?.image ?? '',
      architecture: version?.architecture ?? '',
      project: options.projects[0] ?? '',
      resourceGroup: options.resourceGroups[0] ?? '',
    };
    const started = samples.start.call(api, { ...place, sessionId: '', folder: { id: '', name: '' } }, signal);
    const { sessionId } = await (started as Promise<{ sessionId: string }>);
    let status: string | undefined;
    await until(() => {
      void api.session(sessionId).then((session) => {
        status = session?.status;
      });
      return status === 'RUNNING';
    });
    const [folder = { id: '', name: '' }] = await api.folders();
    const world = { ...place, sessionId, folder: { id: folder.id, name: folder.name } };
    const exchanges = new Map<string, readonly Exchange[]>();
    const refused: string[] = [];
    for (const name of sampleNames) {
      into = [];
      const fresh = open();
      try {
        await samples[name].call(fresh, world, signal);
      } catch {
        // The refusal is the recorded answer then; the caller is told.
        refused.push(name);
      }
      exchanges.set(name, into);
    }
    return { world, exchanges, refused };
  } finally {
    inner.dispose();
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Answers one of the recorded requests spoiled and the others well; what was never asked before gets any answer. */
export function spoiledTransport(exchanges: readonly Exchange[], random: Random): HttpTransport {
  const victim = Math.floor(random() * exchanges.length);
  const alsoLater = random() < 0.3;
  const answerOf = (request: HttpRequest): Answer => {
    const key = keyOf(request);
    const at = exchanges.findIndex((exchange) => exchange.key === key);
    const good = exchanges[at] ?? exchanges[Math.floor(random() * exchanges.length)];
    const answer = good?.answer ?? { status: 404, headers: {}, body: Buffer.from('{}') };
    return at === victim || at === -1 || (alsoLater && at > victim) ? mutate(answer, random) : answer;
  };
  return {
    send: async (request): Promise<HttpAnswer> => answerOf(request),
    open: async (request) => asStream(answerOf(request)),
    dispose: () => undefined,
  };
}
