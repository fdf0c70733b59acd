/** A byte stream to a host through an HTTP proxy: `CONNECT host:port`, then whatever the two ends say. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { BerthError } from '../base/berth-error.ts';
import { fromNetworkError } from './network-errors.ts';
import type { ProxyAddress } from './proxy-policy.ts';

const answerMs = 20_000;
const maxHeadBytes = 16 * 1024;

/**
 * Resolves with the open socket. Throws BerthError `proxy`; `reason` is `unreachable`, `login` (407) or
 * `refused` (another status, or no proxy at all).
 * @param secureContext trusted for a proxy that is itself reached by TLS
 */
export function tunnelThrough(
  proxy: ProxyAddress,
  target: { readonly host: string; readonly port: number },
  secureContext: () => SecureContext,
): Promise<Socket> {
  const name = `${proxy.host}:${proxy.port}`;
  const failed = (reason: string, cause?: unknown, status?: number) =>
    new BerthError('proxy', {
      place: 'proxy',
      retry: reason === 'unreachable' ? 'auto' : 'user',
      params: { reason, proxy: name, ...(status === undefined ? {} : { status }) },
      cause,
    });
  return new Promise((resolve, reject) => {
    const socket: Socket = proxy.secure
      ? connectTls({
          host: proxy.host,
          port: proxy.port,
          secureContext: secureContext(),
          rejectUnauthorized: true,
          ...(isIP(proxy.host) === 0 ? { servername: proxy.host } : {}),
        })
      : connectTcp(proxy.port, proxy.host);
    let head = Buffer.alloc(0);
    let settled = false;

    const settle = () => {
      settled = true;
      clearTimeout(timer);
      socket.removeListener('readable', onReadable);
      socket.removeListener('error', onError);
      socket.removeListener('close', onClose);
    };
    const fail = (error: BerthError) => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error) => {
      // A proxy whose own certificate is bad is a matter of trust, not of being away.
      const named = fromNetworkError(error, name);
      fail(named.code === 'tls' ? named : failed('unreachable', error));
    };
    const onClose = () => fail(failed('refused'));
    // Read on demand, never flowing: whoever takes the socket over must find it as a fresh one.
    const onReadable = () => {
      for (let chunk: Buffer | null = socket.read(); chunk !== null && !settled; chunk = socket.read()) onData(chunk);
    };
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) {
        if (head.byteLength > maxHeadBytes) fail(failed('refused'));
        return;
      }
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head.subarray(0, 64).toString('latin1'))?.[1];
      if (status === undefined) fail(failed('refused'));
      else if (status === '407') fail(failed('login', undefined, 407));
      else if (!status.startsWith('2')) fail(failed('refused', undefined, Number(status)));
      else {
        settle();
        const rest = head.subarray(end + 4);
        if (rest.byteLength > 0) socket.unshift(rest);
        resolve(socket);
      }
    };
    const timer = setTimeout(() => fail(failed('unreachable')), answerMs);
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on('readable', onReadable);
    socket.once(proxy.secure ? 'secureConnect' : 'connect', () => {
      socket.setNoDelay(true);
      const authority = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
      const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
      if (proxy.authorization !== null) lines.push(`Proxy-Authorization: ${proxy.authorization}`);
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
  });
}
