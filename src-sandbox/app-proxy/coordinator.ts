/** The coordinator's side towards clients: which version it is, and circuits for tokens (tunnels reference, 2.2 and 2.4). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type FaceHandlers, refuse, refuseUpgrade, send, toProblem, urlOf } from '../http/listener.ts';
import { badFields, notFound, Problem, unknownUrl } from '../http/problem.ts';
import type { Circuit, Circuits } from './circuits.ts';

/** What the app proxy's own pages may be read by. */
export const openToAll = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': '*' } as const;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const protocols = ['http', 'tcp', 'preopen', 'vnc', 'rdp', 'grpc', 'h2'];
const addPath = /^\/v2\/proxy\/([^/]+)\/([^/]+)\/add$/;

export interface CoordinatorOptions {
  readonly circuits: Circuits;
  /** Where it is reached. */
  readonly address: () => string;
  readonly workerAddress: () => string;
  /** A free place for a circuit. @throws Problem 409 when `wanted` is taken, 503 when there is none */
  readonly place: (wanted: string | null) => Promise<string>;
  readonly log: (line: string) => void;
}

export class Coordinator implements FaceHandlers {
  private readonly options: CoordinatorOptions;

  constructor(options: CoordinatorOptions) {
    this.options = options;
  }

  readonly upgrade = (_request: IncomingMessage, socket: Duplex): Promise<void> => {
    refuseUpgrade(socket, { status: 404 });
    return Promise.resolve();
  };

  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const url = urlOf(request);
      if (url === null || request.method !== 'GET') throw unknownUrl();
      const add = addPath.exec(url.pathname);
      if (url.pathname === '/status') {
        send(response, { status: 200, json: { api_version: 'v2', advertise_address: this.options.address() } });
      } else if (url.pathname === '/v2/proxy/auth') await this.authorise(request, response, url.searchParams);
      else if (add !== null) this.add(response, url.searchParams, add[1] ?? '', add[2] ?? '');
      else throw unknownUrl();
    } catch (error) {
      refuse(response, toProblem(error, this.options.log));
    }
  };

  /** Deprecated, and no more than the address of the other call. */
  private add(response: ServerResponse, query: URLSearchParams, token: string, sessionId: string): void {
    const all = new URLSearchParams([...query, ['token', token], ['session_id', sessionId]]);
    const json = { code: 200, url: `${this.options.address()}/v2/proxy/auth?${all.toString()}` };
    send(response, { status: 200, json, headers: openToAll });
  }

  private async authorise(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { circuits } = this.options;
    const [id, sessionId, app, protocol] = ['token', 'session_id', 'app', 'protocol'].map((name) => query.get(name));
    if (!id || !sessionId || !app || !protocol)
      throw badFields({ query: 'token, session_id, app and protocol are required' });
    if (!uuid.test(sessionId) || !protocols.includes(protocol)) throw badFields({ query: 'not valid' });
    const token = circuits.token(id);
    if (token === null) throw notFound('token');
    if (token.sessionId !== sessionId) {
      throw new Problem(401, 'invalid-credentials', 'E20007: Session ID mismatch');
    }
    // The sandbox has workers for web apps alone.
    if (protocol !== 'http' && protocol !== 'preopen') {
      throw new Problem(503, 'worker-not-available', 'No worker available for this protocol.');
    }
    const isOpen = query.get('open_to_public') === 'true';
    const known = query.get('no_reuse') === 'true' ? null : circuits.find(sessionId, app, isOpen);
    const circuit: Circuit =
      known ??
      circuits.add({
        token,
        app,
        openToPublic: isOpen,
        slot: await this.options.place(query.get('port') ?? query.get('subdomain')),
      });
    const setup = circuits.setupToken(circuit, query.get('redirect') ?? '');
    const target = `${this.options.workerAddress()}/setup?${new URLSearchParams({ token: setup }).toString()}`;
    // By the word alone, as it is there: `*/*` is no wish for JSON.
    if (/\bapplication\/json\b/.test(request.headers.accept ?? '')) {
      send(response, { status: 200, json: { redirect_url: target, reuse: known !== null }, headers: openToAll });
      return;
    }
    response.writeHead(308, { Location: target });
    response.end();
  }
}
