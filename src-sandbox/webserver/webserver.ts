/**
 * The webserver in front of the manager: sign-in by e-mail and password, `/config.toml`, and the proxy below `/func/`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Face } from '../face.ts';
import { type FaceHandlers, refuseUpgrade, toProblem } from '../http/listener.ts';
import { configText } from './config-text.ts';
import { FuncProxy } from './func-proxy.ts';
import { FuncSockets } from './func-sockets.ts';
import { LoginRoutes } from './login-routes.ts';
import { LoginSessions } from './login-sessions.ts';
import { Upstream } from './upstream.ts';
import { WebProblem } from './web-problem.ts';

/** Where a real one serves the web client's page, for every path that it does not know. */
const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Local sandbox</title></head>
<body><p>This is the webserver of a local Backend.AI sandbox. Its web client is not part of it: sign in from a client.</p></body>
</html>
`;

/** `/func/stream/session/ID/apps` is plain HTTP, everything else below `/func/stream/` a WebSocket. */
const plainStream = /^\/stream\/(?:session\/[^/]+\/apps|kernel\/_\/events)$/;

export interface WebserverOptions {
  readonly face: Face;
  /** The manager's address. */
  readonly manager: string;
  readonly log: (line: string) => void;
}

function answer(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'Content-Type': contentType });
  response.end(body);
}

export class Webserver implements FaceHandlers {
  readonly logins = new LoginSessions();
  private readonly options: WebserverOptions;
  private readonly upstream: Upstream;
  private readonly proxy: FuncProxy;
  private readonly sockets: FuncSockets;
  private readonly login: LoginRoutes;

  constructor(options: WebserverOptions) {
    this.options = options;
    this.upstream = new Upstream(options.manager, options.face.version);
    this.proxy = new FuncProxy(this.upstream, this.logins, options.log);
    this.sockets = new FuncSockets(this.upstream, options.log);
    this.login = new LoginRoutes({ face: options.face, logins: this.logins, upstream: this.upstream });
  }

  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await this.route(request, response);
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const problem = error instanceof WebProblem ? error : this.unforeseen(error);
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      answer(response, problem.status, 'application/problem+json; charset=utf-8', JSON.stringify(problem));
    } finally {
      request.resume();
    }
  };

  private unforeseen(error: unknown): WebProblem {
    toProblem(error, this.options.log);
    return new WebProblem(500, 'internal-server-error', 'Something has gone wrong.');
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    const path = target.split('?', 1)[0] ?? '/';
    const method = request.method ?? 'GET';
    if (path.startsWith('/server/') && method === 'POST') {
      const reply = await this.login.answer(path.slice('/server/'.length), request, response);
      if (reply === null) throw new WebProblem(404, 'generic-not-found', 'Not Found');
      if (reply.json !== undefined) {
        return answer(response, reply.status, 'application/json; charset=utf-8', JSON.stringify(reply.json));
      }
      return answer(response, reply.status, 'text/plain; charset=utf-8', reply.text ?? '');
    }
    if (path === '/func/ping' && method === 'GET') {
      const body = JSON.stringify({ version: this.options.face.manager, details: 'Success' });
      return answer(response, 200, 'application/json; charset=utf-8', body);
    }
    if (path.startsWith('/func/')) {
      const way = target.slice('/func'.length);
      if (way.startsWith('/stream/') && !plainStream.test(path.slice('/func'.length))) {
        // A plain request where a WebSocket belongs; signed in or not is found out first.
        this.proxy.keysFor(request, way);
        throw new WebProblem(502, 'bad-gateway', 'The proxy target server is inaccessible.');
      }
      return this.proxy.pass(request, response, way);
    }
    if (method !== 'GET' && method !== 'HEAD') throw new WebProblem(405, 'method-not-allowed', 'Method Not Allowed');
    if (path === '/config.toml' || path === '/config.ini') {
      const text = configText(`http://${request.headers.host ?? ''}`, this.options.face);
      return answer(response, 200, 'text/plain; charset=utf-8', text);
    }
    if (path === '/health') {
      const health = { status: 'healthy', version: this.options.face.manager, component: 'webserver' };
      return answer(response, 200, 'application/json; charset=utf-8', JSON.stringify(health));
    }
    response.setHeader('Cache-Control', 'no-store');
    answer(response, 200, 'text/html', page);
  }

  readonly upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    try {
      const target = request.url ?? '/';
      if (!target.startsWith('/func/stream/')) throw new WebProblem(404, 'generic-not-found', 'Not Found');
      const way = target.slice('/func'.length);
      const keys = this.proxy.keysFor(request, way.split('?', 1)[0] ?? way);
      await this.sockets.pass(request, socket, head, way, keys);
    } catch (error) {
      refuseUpgrade(socket, error instanceof WebProblem ? error : this.unforeseen(error));
    }
  };

  close(): void {
    this.sockets.close();
    this.upstream.close();
  }
}
