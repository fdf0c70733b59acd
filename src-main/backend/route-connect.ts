/** One byte stream to a host by a site's trust and proxy, for what speaks HTTP itself. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type SecureContext } from 'node:tls';
import { BerthError } from '../base/berth-error.ts';
import { cancelledError, timeoutError } from './network-errors.ts';
import { bare, type ProxyAddress } from './proxy-policy.ts';
import { tunnelThrough } from './proxy-tunnel.ts';

const connectMs = 15_000;

/**
 * Resolves once TCP, or TLS where the address says so, stands. Rejects with what went wrong, as Node says it.
 * @param trusted whom to believe
 */
export async function connectBy(
  trusted: () => ConnectionOptions & { readonly secureContext: SecureContext },
  proxy: ProxyAddress | null,
  url: URL,
  signal?: AbortSignal,
): Promise<Socket> {
  const secure = url.protocol === 'https:';
  const host = bare(url.hostname);
  const port = Number(url.port === '' ? (secure ? 443 : 80) : url.port);
  if (signal?.aborted) throw cancelledError();
  const lower = proxy === null ? null : await tunnelThrough(proxy, { host, port }, () => trusted().secureContext);
  if (lower !== null && !secure) return lower;
  const socket = secure
    ? connectTls({
        ...(lower === null ? { host, port } : { socket: lower }),
        ...trusted(),
        ALPNProtocols: ['http/1.1'],
        ...(isIP(host) === 0 ? { servername: host } : {}),
      })
    : connectTcp(port, host);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('error', fail);
      socket.off('close', onClose);
    };
    const fail = (error: Error): void => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(cancelledError());
    const onClose = (): void =>
      fail(new BerthError('offline', { place: 'site', retry: 'auto', params: { host: url.host } }));
    const timer = setTimeout(() => fail(timeoutError(url.host, connectMs, 'connect')), connectMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('error', fail);
    socket.once('close', onClose);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      settle();
      socket.setNoDelay(true);
      // Permanent: an error that nobody hears would end the process.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}
