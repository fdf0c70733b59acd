/** Why a tunnel was refused before the upgrade, in Berth's words (tunnels reference, section 1.6). */
import type { ErrorReason } from '../../src-preload/contract/errors.ts';
import type { Session } from '../../src-preload/contract/sessions.ts';
import { BerthError } from '../base/berth-error.ts';
import type { HttpAnswer } from './http.ts';
import { parseProblem } from './problem.ts';
import type { ServiceInfo } from './site-api.ts';

/**
 * The agent's and the runner's closed vocabulary in `data`; a name or a list may follow a colon or a bracket.
 * `unknown` and `timeout` are codes of their own.
 */
const agentReasons: Readonly<Record<string, ErrorReason<'service-failed'> | 'unknown' | 'timeout'>> = {
  'invalid service name': 'unknown',
  'unsupported service': 'unknown',
  'operation blocked': 'blocked',
  'opening the service port timed out': 'not-listening',
  timeout: 'timeout',
  cancelled: 'restarting',
  'the executable file is not found': 'program-missing',
  'the target file is not executable': 'program-missing',
  InvalidServiceDefinition: 'program-missing',
  DisallowedArgument: 'not-allowed',
  DisallowedEnvironment: 'not-allowed',
};

/** How servers and proxies answer that know nothing of WebSockets, or had the request for one taken out on the way. */
const answersWithoutUpgrade = new Set([200, 204, 400, 405, 426, 501]);

/** Something on the way does not let WebSockets through. */
export function noWebSocket(params: BerthError['params'], cause?: unknown): BerthError {
  const reason: ErrorReason<'tunnel-refused'> = 'no-websocket';
  return new BerthError('tunnel-refused', { place: 'proxy', retry: 'user', params: { ...params, reason }, cause });
}

/** Before the upgrade a 500 of the manager means that the service could not be started, whatever slug its era gives it. */
export function tunnelRefusal(error: BerthError, { status, body }: HttpAnswer): BerthError {
  const problem = parseProblem(body);
  if (problem === null && answersWithoutUpgrade.has(status)) return noWebSocket(error.params);
  if (status !== 500 || error.place === 'proxy') return error;
  const data = problem?.data;
  const told = typeof data === 'string' ? agentReasons[data.split(/[:(]/, 1)[0]?.trim() ?? ''] : undefined;
  const { reason: _, ...params } = error.params;
  const detail = error.detail === undefined ? {} : { detail: error.detail };
  if (told === 'unknown') return new BerthError('service-unknown', { place: 'agent', params, ...detail });
  // The runner may still be launching it.
  if (told === 'timeout')
    return new BerthError('service-timeout', { place: 'agent', retry: 'auto', params, ...detail });
  return new BerthError('service-failed', {
    place: 'container',
    retry: told === 'restarting' ? 'auto' : 'user',
    params: { ...params, ...(told === undefined ? {} : { reason: told }) },
    ...detail,
  });
}

export interface TunnelFacts {
  readonly session: () => Promise<Session | null>;
  readonly services: () => Promise<readonly ServiceInfo[]>;
}

/**
 * Session and service missing answer alike, and a webserver turns every refusal into the same 502 (tunnels reference,
 * section 1.6): the session and its services tell which it was. What is clear already stays as it is.
 */
export async function explainTunnel(
  error: unknown,
  ref: { readonly sessionId: string; readonly service: string },
  facts: TunnelFacts,
): Promise<unknown> {
  if (!(error instanceof BerthError)) return error;
  const flattened = error.code === 'server-error' && error.params.reason === 'bad-gateway';
  if (error.code !== 'not-found' && !flattened) return error;
  const session = await facts.session();
  const params = { session: session?.name ?? ref.sessionId, service: ref.service, status: session?.status ?? '' };
  if (session === null) return new BerthError('session-gone', { place: 'manager', params, cause: error });
  if (session.family !== 'running') {
    return new BerthError('session-not-running', { place: 'manager', retry: 'auto', params, cause: error });
  }
  const isThere = flattened && (await facts.services()).some(({ name }) => name === ref.service);
  if (!isThere) return new BerthError('service-unknown', { place: 'manager', params, cause: error });
  return new BerthError('tunnel-refused', { place: 'manager', retry: 'auto', params, cause: error });
}
