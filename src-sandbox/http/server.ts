/**
 * The manager's face: routing, and the checks in front of every route.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Account } from '../auth/account.ts';
import { anonymousRateHeaders } from '../auth/rate-limit.ts';
import { checkSignature, checkVersion, type KeyRing, versionOf } from '../auth/verify.ts';
import type { Face } from '../face.ts';
import type { Call } from './call.ts';
import { type FaceHandlers, refuse, refuseUpgrade, send, toProblem, urlOf } from './listener.ts';
import { Problem, unknownUrl } from './problem.ts';
import type { Route, Router } from './router.ts';

export interface Upgrades {
  readonly matches: (pathname: string) => boolean;
  readonly upgrade: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    url: URL,
    account: Account,
  ) => Promise<void>;
}

export interface ManagerOptions {
  readonly face: Face;
  readonly keys: KeyRing<Account>;
  readonly router: Router;
  readonly upgrades: Upgrades;
  readonly log: (line: string) => void;
  /** The site's clock, in milliseconds since 1970. */
  readonly now: () => number;
}

export class ManagerFace implements FaceHandlers {
  private readonly options: ManagerOptions;

  constructor(options: ManagerOptions) {
    this.options = options;
  }

  /** Who asks (`null` on an anonymous route), and the rate headers of the answer. */
  private check(
    request: IncomingMessage,
    route: Pick<Route, 'anonymous'>,
  ): { readonly account: Account | null; readonly headers: Record<string, string> } {
    checkVersion(request, this.options.face);
    if (route.anonymous === true) return { account: null, headers: anonymousRateHeaders };
    const account = checkSignature(request, this.options.keys, this.options.now());
    const headers = account.rate.take();
    if (headers !== null) return { account, headers };
    throw new Problem(429, 'rate-limit-exceeded', 'You have reached your API query rate limit.');
  }

  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const url = urlOf(request);
      const match =
        url === null ? { kind: 'unknown' as const } : this.options.router.match(request.method ?? 'GET', url.pathname);
      if (url === null || match.kind !== 'found') {
        checkVersion(request, this.options.face);
        if (match.kind === 'wrong-method') throw new Problem(405, 'method-not-allowed', 'HTTP Method not allowed.');
        throw unknownUrl();
      }
      const { account, headers } = this.check(request, match.route);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      const call: Call = {
        request,
        response,
        params: match.params,
        query: url.searchParams,
        version: versionOf(request),
        account,
      };
      send(response, await match.route.handler(call));
    } catch (error) {
      refuse(response, toProblem(error, this.options.log));
    } finally {
      // A body that no route read would stand in the way of the next request on this connection.
      request.resume();
    }
  };

  readonly upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    try {
      const url = urlOf(request);
      if (url === null || !this.options.upgrades.matches(url.pathname)) throw unknownUrl();
      const { account } = this.check(request, {});
      if (account === null) throw unknownUrl();
      await this.options.upgrades.upgrade(request, socket, head, url, account);
    } catch (error) {
      refuseUpgrade(socket, toProblem(error, this.options.log));
    }
  };
}
