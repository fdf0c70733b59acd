/**
 * The one loopback listener that app windows talk to. Each service of a session gets a virtual host that cannot be
 * guessed; nothing passes before Host, cookie and Origin are checked. It listens only while there is a place to serve.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { AppOpenInput } from '../../src-preload/contract/links.ts';
import type { Accounts, KnownSessions } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { LinksService } from '../links/links-service.ts';
import {
  answerAsset,
  answerEnded,
  answerRefused,
  answerState,
  answerText,
  answerWaiting,
  readToken,
  refuseSocket,
} from './answers.ts';
import { opensAs } from './app-catalogue.ts';
import { EntryTokens } from './entry-tokens.ts';
import { type HoldLimits, holdLimits } from './hold-gate.ts';
import { type ListenerLimits, listenerLimits, startListener } from './listener.ts';
import { maxWebSockets, Place } from './place.ts';
import { proxyRequest } from './proxy-request.ts';
import { proxyUpgrade } from './proxy-upgrade.ts';
import { cookieName, hostOf, judge, ownPrefix, type RequestFacts } from './request-policy.ts';
import { pathOf, refusalOf } from './request-shape.ts';
import { rememberEndedMs, windowScriptPath } from './window-script.ts';

export interface GatewayDeps {
  readonly links: LinksService;
  readonly accounts: Accounts;
  readonly known: KnownSessions;
  readonly clock: Clock;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

export interface Gateway extends Disposable {
  /** A place for this service, and an address that lets one window in: one use, 60 s. */
  open(input: AppOpenInput): Promise<{ url: string }>;
  /** Ends the session's places and cuts their windows' connections. */
  closeSession(accountId: string, sessionId: string): void;
  /** Where it listens; null while there is nothing to serve. */
  readonly address: { readonly address: string; readonly port: number } | null;
}

export interface GatewayLimits {
  readonly listener: ListenerLimits;
  readonly hold: HoldLimits;
}

export const gatewayLimits: GatewayLimits = { listener: listenerLimits, hold: holdLimits };

/** @param limits what neighbours may use up; smaller ones for tests */
export function createGateway(deps: GatewayDeps, limits: GatewayLimits = gatewayLimits): Gateway {
  const tokens = new EntryTokens(deps.clock);
  const places = new Map<string, Place>();
  /** Hosts of ended sessions whose windows have still to hear of it. */
  const ended = new Map<string, Disposable>();
  let server: Promise<Server> | null = null;
  let current: Server | null = null;
  let isDisposed = false;

  const listen = (): Promise<Server> => {
    server ??= startListener(
      {
        request: (incoming, answer) => void onRequest(incoming, answer),
        upgrade: (incoming, socket, head) => onUpgrade(incoming, socket, head),
      },
      limits.listener,
    ).then(
      (made) => {
        current = made;
        return made;
      },
      (cause: unknown) => {
        server = null;
        throw new BerthError('internal', { place: 'computer', retry: 'user', cause });
      },
    );
    return server;
  };

  const stopWhenUnused = (): void => {
    if (places.size > 0 || ended.size > 0) return;
    const closing = server;
    server = null;
    current = null;
    closing?.then(
      (made) => {
        made.close();
        made.closeAllConnections();
      },
      () => undefined,
    );
  };

  const placeOf = (incoming: IncomingMessage): Place | null => {
    const host = hostOf(incoming.rawHeaders);
    // SECURITY: the exact host name and port, or nothing ('refuses a foreign Host' in gateway.itest.ts).
    return host === null ? null : (places.get(host) ?? null);
  };

  const factsOf = (incoming: IncomingMessage, path: string, isUpgrade: boolean): RequestFacts => ({
    method: incoming.method ?? '',
    isUpgrade,
    path,
    origin: incoming.headers.origin,
    cookie: incoming.headers.cookie,
    fetchSite: header(incoming, 'sec-fetch-site'),
    fetchMode: header(incoming, 'sec-fetch-mode'),
    fetchDest: header(incoming, 'sec-fetch-dest'),
  });

  const onRequest = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    try {
      await handle(incoming, answer);
    } catch (error) {
      deps.log.warn('Gateway request failed', { error });
      answerText(answer, 500, 'Berth could not handle this request.');
    }
  };

  const handle = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const place = placeOf(incoming);
    if (!place && ended.has(hostOf(incoming.rawHeaders) ?? '')) return answerEnded(incoming, answer);
    if (!place) return answerText(answer, 421, 'Berth serves nothing under this name.');
    const shape = refusalOf(shapeOf(incoming, false));
    if (shape) return answerText(answer, shape.status, shape.text);
    const path = pathOf(incoming.url ?? '/');
    const verdict = judge(place, factsOf(incoming, path, false));
    // SECURITY: nothing passes unjudged ('refuses requests without cookie, from other origins, and other WebSockets' in gateway.itest.ts).
    if (!verdict.ok) {
      deps.log.warn('Gateway refused a request', { reason: verdict.reason, service: place.service });
      return answerRefused(place, incoming, answer);
    }
    track(place, incoming.socket);
    if (path.startsWith(ownPrefix)) return handleOwn(place, incoming, answer, path);
    const leave = place.enter();
    answer.once('close', leave);
    return proxyRequest(place, incoming, answer);
  };

  const handleOwn = async (
    place: Place,
    incoming: IncomingMessage,
    answer: ServerResponse,
    path: string,
  ): Promise<void> => {
    const isPost = incoming.method === 'POST';
    if (path === '/.berth/enter' && isPost) {
      const token = await readToken(incoming);
      // SECURITY: only who holds an unused token comes in ('lets a window in once, with a cookie that script cannot read' in gateway.itest.ts).
      if (token === null || !tokens.redeem(place.host, token)) {
        return answerText(answer, 403, 'This address works once, for a minute.');
      }
      // SECURITY: HttpOnly: script in the window cannot read it. Strict: no other site's request carries it. No Domain:
      // no other host gets it ('lets a window in once, with a cookie that script cannot read' in gateway.itest.ts).
      answer.setHeader('Set-Cookie', `${cookieName}=${place.cookieValue}; HttpOnly; SameSite=Strict; Path=/`);
      answer.writeHead(204, { 'Cache-Control': 'no-store' });
      answer.end();
      return;
    }
    if (path === '/.berth/retry' && isPost) {
      place.retry();
      answer.writeHead(204, { 'Cache-Control': 'no-store' });
      answer.end();
      return;
    }
    if (incoming.method === 'GET') {
      if (path === '/.berth/enter') return answerWaiting(place, incoming, answer, 200);
      if (path === '/.berth/state') return answerState(place, answer);
      place.hasAskingWindow ||= path === windowScriptPath;
      if (path === '/.berth/page.js' || path === '/.berth/page.css' || path === windowScriptPath) {
        return answerAsset(place, incoming, answer, path);
      }
    }
    answerText(answer, 404, 'Berth has no such page.');
  };

  const onUpgrade = (incoming: IncomingMessage, socket: Socket, head: Buffer): void => {
    // Permanent: a reset while we answer must not end the process.
    socket.on('error', () => socket.destroy());
    const place = placeOf(incoming);
    if (!place) {
      refuseSocket(socket, 421, 'Berth serves nothing under this name.');
      return;
    }
    const shape = refusalOf(shapeOf(incoming, true));
    if (shape) {
      refuseSocket(socket, shape.status, shape.text);
      return;
    }
    const path = pathOf(incoming.url ?? '/');
    // SECURITY: WebSockets are the one other protocol ('opens no other protocol' in hostile.itest.ts).
    if (incoming.method !== 'GET' || incoming.headers.upgrade?.toLowerCase() !== 'websocket') {
      refuseSocket(socket, 400, 'Only WebSockets can be opened here.');
      return;
    }
    const verdict = judge(place, factsOf(incoming, path, true));
    // SECURITY: nor does a WebSocket ('refuses requests without cookie, from other origins, and other WebSockets' in gateway.itest.ts).
    if (!verdict.ok || path.startsWith(ownPrefix)) {
      deps.log.warn('Gateway refused a WebSocket', { service: place.service });
      refuseSocket(socket, 403, 'This request does not come from a window that Berth opened.');
      return;
    }
    // SECURITY: one window cannot use up the link's channels ('bounds the WebSockets of a window' in hostile.itest.ts).
    if (place.webSockets >= maxWebSockets) {
      refuseSocket(socket, 503, 'This window has too many WebSockets open.');
      return;
    }
    place.webSockets += 1;
    socket.once('close', () => {
      place.webSockets -= 1;
    });
    track(place, socket);
    socket.once('close', place.enter());
    proxyUpgrade(place, incoming, socket, head);
  };

  const track = (place: Place, socket: Socket): void => {
    if (place.sockets.has(socket)) return;
    place.sockets.add(socket);
    socket.once('close', () => place.sockets.delete(socket));
  };

  const remember = (host: string): void => {
    const forget = deps.clock.after(rememberEndedMs, () => {
      ended.delete(host);
      stopWhenUnused();
    });
    ended.set(host, forget);
  };

  const closeWhere = (matches: (place: Place) => boolean): void => {
    for (const place of [...places.values()]) {
      if (!matches(place)) continue;
      places.delete(place.host);
      tokens.forget(place.host);
      place.dispose();
      if (!isDisposed && place.hasAskingWindow) remember(place.host);
    }
    stopWhenUnused();
  };

  const off = [
    deps.known.onEnded((accountId, sessionId) =>
      closeWhere((place) => place.ref.accountId === accountId && place.ref.sessionId === sessionId),
    ),
    deps.accounts.onSignedOut((accountId) => closeWhere((place) => place.ref.accountId === accountId)),
  ];

  return {
    async open(input) {
      if (isDisposed) throw new BerthError('cancelled', { place: 'computer' });
      const ref = { accountId: input.accountId, sessionId: input.sessionId };
      const services = await deps.links.services(ref);
      const service = services.find((entry) => entry.name === input.service);
      if (!service || opensAs(service) !== 'window') {
        throw new BerthError('service-unknown', { place: 'container', params: { service: input.service } });
      }
      let made = await listen();
      // The last other place may have gone meanwhile, and the listener with it.
      while (made !== current) made = await listen();
      const bound = made.address();
      if (bound === null || typeof bound === 'string') throw new BerthError('internal', { place: 'computer' });
      // A second window of the same service shares its host: the service sees one browser, as it would without Berth.
      let place = [...places.values()].find(
        (entry) =>
          entry.ref.accountId === ref.accountId &&
          entry.ref.sessionId === ref.sessionId &&
          entry.service === service.name,
      );
      if (!place) {
        place = new Place({
          links: deps.links,
          clock: deps.clock,
          ref,
          service,
          listenPort: bound.port,
          hold: limits.hold,
          sessionName: deps.known.get(ref.accountId, ref.sessionId)?.name ?? '',
          site: deps.accounts.site(ref.accountId),
        });
        places.set(place.host, place);
        place.enter()();
        place.prepare();
      } else if (place.state.phase === 'failed') place.retry();
      return { url: `${place.origin}/.berth/enter#${tokens.issue(place.host)}` };
    },
    closeSession(accountId, sessionId) {
      closeWhere((place) => place.ref.accountId === accountId && place.ref.sessionId === sessionId);
    },
    get address() {
      const bound = current?.address();
      return bound && typeof bound !== 'string' ? { address: bound.address, port: bound.port } : null;
    },
    dispose() {
      isDisposed = true;
      for (const stop of off) stop();
      for (const timer of ended.values()) void timer.dispose();
      ended.clear();
      closeWhere(() => true);
    },
  };
}

function header(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function shapeOf(incoming: IncomingMessage, isUpgrade: boolean) {
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    rawHeaders: incoming.rawHeaders,
    isHttp10: incoming.httpVersionMajor === 1 && incoming.httpVersionMinor === 0,
    isUpgrade,
  };
}
