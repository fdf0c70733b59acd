/** Services of a running session, the byte streams to them, and small files of its home. */
import type { WebSocket } from 'ws';

/** One entry of `GET /stream/session/{id}/apps` (tunnels reference, section 1.8). */
export interface ServiceInfo {
  readonly name: string;
  readonly protocol: string;
  /** Ports inside the container. */
  readonly ports: readonly number[];
  readonly urlTemplate: string | null;
}

export interface ServicesApi {
  services(sessionId: string, signal?: AbortSignal): Promise<ServiceInfo[]>;
  /** Raw bytes of a file under the session's home, at most 1 MiB (tunnels reference, section 3.4). */
  readSessionFile(sessionId: string, path: string, signal?: AbortSignal): Promise<Buffer>;
  /**
   * One raw byte stream to a service: an open WebSocket whose binary messages are the bytes (tunnels reference, 1.5).
   * Resolves after the 101; the service has been started by then. The socket is paused until a reader is attached.
   */
  openTunnel(
    sessionId: string,
    service: string,
    kind: 'tcpproxy' | 'httpproxy',
    signal?: AbortSignal,
  ): Promise<WebSocket>;
}
