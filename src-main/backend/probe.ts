/** Looks what answers at an address a person typed (API reference, sections 2.6 and 3.1). No sign-in, no secrets. */
import { z } from 'zod';
import type { ProbeResult } from '../../src-preload/contract/sites.ts';
import { BerthError } from '../base/berth-error.ts';
import { type HttpAnswer, HttpClient } from './http.ts';
import { type Hello, pickApiVersion } from './version-gates.ts';
import { parseJson } from './wire.ts';

const timeoutMs = 10_000;
const maxBytes = 1024 * 1024;

const HelloBody = z.object({ version: z.string().regex(/^v\d+\.\d{8}$/), manager: z.string().min(1).max(100) });

/** Reached, and what it is. */
export interface Probed {
  readonly endpoint: string;
  readonly mode: 'api' | 'session';
  readonly hello: Hello;
}

/**
 * Address with a scheme (https, or http on this computer), without trailing slash, query and fragment.
 * Throws BerthError `invalid-input`.
 */
export function normaliseEndpoint(text: string): string {
  const trimmed = text.trim();
  const refuse = (reason: string) =>
    new BerthError('invalid-input', { place: 'computer', params: { field: 'endpoint', reason } });
  const typed = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
  let url: URL;
  try {
    url = new URL(typed ? trimmed : `https://${trimmed}`);
  } catch {
    throw refuse('not-an-address');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('scheme');
  // SECURITY: a password in the address would be kept in a plain document (test: "refuses credentials in the address").
  if (url.username !== '' || url.password !== '') throw refuse('credentials');
  if (!typed && isThisComputer(url.hostname)) url = new URL(`http://${trimmed}`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function isThisComputer(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

/** Throws BerthError `invalid-input`, `offline`, `tls`, `timeout`, `maintenance` or `not-backend-ai`. */
export async function probe(text: string, signal?: AbortSignal): Promise<Probed> {
  const endpoint = normaliseEndpoint(text);
  const http = new HttpClient();
  try {
    const get = (path: string) =>
      http.send({
        method: 'GET',
        url: new URL(`${endpoint}${path}`),
        headers: { accept: '*/*' },
        timeoutMs,
        maxBytes,
        idempotent: true,
        signal,
      });
    const root = await get('/');
    const manager = readHello(root);
    if (manager !== null) return { endpoint, mode: 'api', hello: manager };
    const config = await get('/config.toml');
    const webserver = isConfig(config) ? readHello(await get('/func/')) : null;
    if (webserver !== null) return { endpoint, mode: 'session', hello: webserver };
    throw notBackendAi(endpoint, root.status);
  } catch (error) {
    // Something answered, but not as a web server or not to the end.
    if (error instanceof BerthError && error.code === 'bad-answer') throw notBackendAi(endpoint, 0, error);
    throw error;
  } finally {
    http.dispose();
  }
}

function notBackendAi(endpoint: string, status: number, cause?: unknown): BerthError {
  const busy = status === 502 || status === 503 || status === 504;
  return new BerthError(busy ? 'maintenance' : 'not-backend-ai', {
    place: 'site',
    retry: busy ? 'auto' : 'user',
    params: { host: new URL(endpoint).host, status },
    cause,
  });
}

function readHello(answer: HttpAnswer): Hello | null {
  if (answer.status !== 200) return null;
  let value: unknown;
  try {
    value = parseJson(answer.body.toString('utf8'));
  } catch {
    // A page, not an answer: what stands there is no manager.
    return null;
  }
  const parsed = HelloBody.safeParse(value);
  return parsed.success ? { announced: parsed.data.version, manager: parsed.data.manager } : null;
}

/** A webserver that hosts the WebUI serves this file; anything else answers a page for it. */
function isConfig(answer: HttpAnswer): boolean {
  return answer.status === 200 && /^\s*\[general\]/m.test(answer.body.toString('utf8'));
}

/** The probe as the contract has it: what went wrong is part of the answer. */
export async function probeEndpoint(text: string, signal?: AbortSignal): Promise<ProbeResult> {
  try {
    const { endpoint, mode, hello } = await probe(text, signal);
    return { reachable: true, endpoint, mode, manager: hello.manager, apiVersion: pickApiVersion(hello) };
  } catch (error) {
    if (error instanceof BerthError) return { reachable: false, error: error.toValue() };
    throw error;
  }
}
