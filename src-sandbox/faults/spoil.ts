/**
 * Faults on plain requests: answers that a site or a network in between would never mean to give.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem } from '../http/problem.ts';
import type { FaultRule } from './fault-file.ts';

const problems = {
  401: ['auth-failed', 'Credential/signature mismatch.'],
  403: ['generic-forbidden', 'Forbidden operation.'],
  404: ['object-not-found', 'No such object.'],
  429: ['rate-limit-exceeded', 'You have reached your API query rate limit.'],
  500: ['internal-server-error', 'Internal server error.'],
  502: ['bad-gateway', 'The proxy target server is inaccessible.'],
  503: ['service-unavailable', 'Service unavailable.'],
} as const;

/** The refusal of a fault that is named by its status. */
export function problemOf(status: keyof typeof problems): Problem {
  const [slug, title] = problems[status];
  return new Problem(status, slug, title);
}

function html(title: string, text: string): string {
  return `<!doctype html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`;
}

/** Ends a connection; `reset` with a TCP reset instead of an orderly end. */
export function endConnection(socket: Duplex, kind: 'cut' | 'reset'): void {
  // Node cannot reset one whose end is on its way, and would keep it for ever.
  if (kind === 'reset' && socket instanceof Socket && !socket.writableEnded) socket.resetAndDestroy();
  else socket.destroy();
}

/** Collects the body that a route writes and hands it to `finish` instead of sending it. */
function collect(response: ServerResponse, finish: (body: Buffer) => void): void {
  const parts: Buffer[] = [];
  const take = (chunk: unknown): void => {
    if (typeof chunk === 'string') parts.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) parts.push(Buffer.from(chunk));
  };
  const { end } = response;
  response.write = ((chunk: unknown, ...rest: readonly unknown[]) => {
    take(chunk);
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  }) as typeof response.write;
  response.flushHeaders = () => undefined;
  response.end = ((chunk: unknown) => {
    take(chunk);
    response.end = end;
    finish(Buffer.concat(parts));
    return response;
  }) as typeof response.end;
}

function truncate(response: ServerResponse, breakOff: boolean): void {
  const { write } = response;
  collect(response, (body) => {
    const half = body.subarray(0, Math.floor(body.length / 2));
    response.removeHeader('Content-Length');
    if (!breakOff) {
      response.end(half);
      return;
    }
    if (!response.headersSent) response.setHeader('Content-Length', body.length);
    write.call(response, half, 'utf8', () => response.destroy());
  });
}

function neverEnd(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  const piece = Buffer.alloc(16 * 1024, ' ');
  const pour = (): void => {
    if (response.destroyed) return;
    if (response.write(piece)) setTimeout(pour, 5).unref();
    else response.once('drain', pour);
  };
  response.write('{"data": ');
  pour();
}

/** The answer begins as it should; a while later it ends or falls silent. */
function spoilLater(response: ServerResponse, kind: 'cut' | 'reset' | 'stall', afterMs: number): void {
  const timer = setTimeout(() => {
    if (kind !== 'stall') {
      if (response.socket !== null) endConnection(response.socket, kind);
      return;
    }
    response.write = (() => true) as typeof response.write;
    response.end = (() => response) as typeof response.end;
  }, afterMs).unref();
  response.once('close', () => clearTimeout(timer));
}

/** Obeys a fault on a plain request; `next` is the true answer. */
export async function spoil(
  rule: FaultRule,
  request: IncomingMessage,
  response: ServerResponse,
  next: () => Promise<void>,
): Promise<void> {
  switch (rule.fault) {
    case 'cut':
    case 'reset':
      if (rule.afterMs === undefined) return endConnection(request.socket, rule.fault);
      spoilLater(response, rule.fault, rule.afterMs);
      return next();
    case 'stall':
      request.resume();
      if (rule.afterMs === undefined) return;
      spoilLater(response, 'stall', rule.afterMs);
      return next();
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, rule.ms));
      return next();
    case 'truncated':
    case 'broken-off':
      truncate(response, rule.fault === 'broken-off');
      return next();
    case 'endless':
      request.resume();
      return neverEnd(response);
    case 'garbage':
      request.resume();
      response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' }).end(randomBytes(700));
      return;
    case 'captive-portal':
      request.resume();
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end(html('Welcome to the guest network', 'Accept the terms of use to go on.'));
      return;
    case 'redirect-to-login':
      request.resume();
      response.writeHead(302, { Location: rule.to, 'Content-Type': 'text/html; charset=utf-8' });
      response.end(html('Found', 'Sign in first.'));
      return;
    case 'expired-login':
    case 'rotated-host-key':
    case 'tunnel-cut':
    case 'tunnel-half-open':
    case 'tunnel-stall':
    case 'tunnel-drop':
    case 'tunnel-delay':
      return next();
    default: {
      request.resume();
      const problem = problemOf(Number(rule.fault) as keyof typeof problems);
      const type = rule.html ? 'text/html; charset=utf-8' : 'application/problem+json; charset=utf-8';
      response.writeHead(problem.status, { 'Content-Type': type });
      response.end(rule.html ? html(`${problem.status} ${problem.title}`, 'nginx') : JSON.stringify(problem));
    }
  }
}
