/** A worker: where a permit is given (`/setup`), and where apps are, each at a port or a name of its own. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type FaceHandlers, refuse, refuseUpgrade, toProblem, urlOf } from '../http/listener.ts';
import { badFields, Problem, unknownUrl } from '../http/problem.ts';
import { type Circuit, type Circuits, permitCookie } from './circuits.ts';
import { openToAll } from './coordinator.ts';
import { relayHttp, type WebSocketRelay } from './worker-relay.ts';

/** 7 days. */
const permitSeconds = 604_800;

export interface WorkerOptions {
  readonly circuits: Circuits;
  /** Address of a circuit's app. */
  readonly addressOf: (circuit: Circuit) => string;
  /** Subdomain mode: for which domain permits are. */
  readonly cookieDomain: string | null;
  readonly log: (line: string) => void;
}

/** `/setup`: takes a coordinator's word, gives the permit and leads on to the app. */
export class WorkerApi implements FaceHandlers {
  private readonly options: WorkerOptions;

  constructor(options: WorkerOptions) {
    this.options = options;
  }

  readonly upgrade = (_request: IncomingMessage, socket: Duplex): Promise<void> => {
    refuseUpgrade(socket, { status: 404 });
    return Promise.resolve();
  };

  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const url = urlOf(request);
      if (url === null || request.method !== 'GET' || url.pathname !== '/setup') throw unknownUrl();
      const setup = this.options.circuits.readSetup(url.searchParams.get('token') ?? '');
      if (setup === null) throw badFields({ token: 'not valid' });
      const { circuit, redirect } = setup;
      if (circuit === null) throw new Problem(404, 'object-not-found', 'E00002: No such circuit.');
      const { cookieDomain } = this.options;
      const path = redirect === '' || redirect.startsWith('/') ? redirect : `/${redirect}`;
      response.writeHead(302, {
        ...openToAll,
        'Access-Control-Allow-Headers': '*',
        'Cache-Control': 'no-store',
        Location: `${this.options.addressOf(circuit)}${path}`,
        // In quotes, as Python writes a value that ends in `=`.
        'Set-Cookie': [
          `${permitCookie}="${this.options.circuits.permitOf(circuit.token.userId)}"`,
          ...(cookieDomain === null ? [] : [`Domain=${cookieDomain}`]),
          'HttpOnly',
          `Max-Age=${permitSeconds}`,
          'Path=/',
          'SameSite=Lax',
        ].join('; '),
      });
      response.end();
    } catch (error) {
      refuse(response, toProblem(error, this.options.log));
    }
  };
}

/** The apps' own addresses. */
export class WorkerFront implements FaceHandlers {
  private readonly circuits: Circuits;
  private readonly slotOf: (request: IncomingMessage) => string;
  private readonly sockets: WebSocketRelay;
  private readonly log: (line: string) => void;

  constructor(
    circuits: Circuits,
    slotOf: (request: IncomingMessage) => string,
    sockets: WebSocketRelay,
    log: (line: string) => void,
  ) {
    this.circuits = circuits;
    this.slotOf = slotOf;
    this.sockets = sockets;
    this.log = log;
  }

  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await relayHttp(this.admit(request), request, response);
    } catch (error) {
      if (!response.destroyed) {
        response.setHeader('Access-Control-Allow-Origin', '*');
        refuse(response, toProblem(error, this.log));
      }
    }
  };

  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    try {
      this.sockets.pass(this.admit(request), request, socket, head);
    } catch (error) {
      refuseUpgrade(socket, toProblem(error, this.log));
    }
    return Promise.resolve();
  };

  /** The circuit at this address, for whoever shows its user's permit. */
  private admit(request: IncomingMessage): Circuit {
    const slot = this.slotOf(request);
    const circuit = this.circuits.at(slot);
    if (circuit === null)
      throw new Problem(400, 'generic-bad-request', 'Bad request.', { msg: `Unregistered slot ${slot}` });
    if (circuit.openToPublic || request.method === 'OPTIONS') return circuit;
    const given = permitsIn(request.headers.cookie ?? '');
    if (given.length === 0) {
      throw new Problem(401, 'invalid-credentials', 'E20004: Authorization cookie not provided');
    }
    // SECURITY: the permit, and nothing else, opens an app here (app-proxy.test.ts, "wants the permit").
    if (!given.some((permit) => this.circuits.isPermit(circuit.token.userId, permit))) {
      throw new Problem(401, 'invalid-credentials', 'E20005: Invalid authorization cookie');
    }
    return circuit;
  }
}

function permitsIn(header: string): string[] {
  return header.split(';').flatMap((part) => {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() !== permitCookie) return [];
    return [
      part
        .slice(at + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1'),
    ];
  });
}
