/** ssh2's errors as Berth's. They are told apart by their level and reason codes, never by their text. */
import { BerthError } from '../base/berth-error.ts';

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : String(error);
}

/** What went wrong between the first byte and `ready`. */
export function connectError(error: unknown): BerthError {
  if (error instanceof BerthError) return error;
  const detail = textOf(error);
  switch (field(error, 'level')) {
    case 'client-authentication':
      return new BerthError('key-refused', { place: 'container', retry: 'user', detail, cause: error });
    case 'client-timeout':
      return new BerthError('timeout', { place: 'container', retry: 'auto', detail, cause: error });
    case 'handshake':
      // No common algorithm: trying again changes nothing.
      return new BerthError('unsupported', { place: 'container', retry: 'user', detail, cause: error });
    default:
      return new BerthError('tunnel-lost', { place: 'container', retry: 'auto', detail, cause: error });
  }
}

/** Reasons of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, 5.1). */
export const openFailure = { prohibited: 1, connectFailed: 2, unknownType: 3, shortage: 4 } as const;

/**
 * What a refused channel means. `params.reason` keeps the SSH reason code, by which the dialer chooses between waiting
 * and the way around.
 */
export function channelError(error: unknown): BerthError {
  if (error instanceof BerthError) return error;
  const reason = field(error, 'reason');
  const detail = textOf(error);
  const params = { reason: typeof reason === 'number' ? reason : 0 };
  if (reason === openFailure.prohibited || reason === openFailure.unknownType) {
    return new BerthError('unsupported', { place: 'container', detail, params, cause: error });
  }
  if (reason === openFailure.connectFailed) {
    return new BerthError('service-failed', { place: 'service', retry: 'auto', detail, params, cause: error });
  }
  return new BerthError('tunnel-refused', { place: 'container', retry: 'auto', detail, params, cause: error });
}
