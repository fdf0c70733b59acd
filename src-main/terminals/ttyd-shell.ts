/** A shell of the site's own console: ttyd's protocol in a WebSocket that runs inside a tunnel to the container. */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Shell, ShellEnd, Size } from './shell.ts';
import {
  helloFrame,
  inputFrame,
  maxFrameBytes,
  pauseFrame,
  readFrame,
  resizeFrame,
  resumeFrame,
  runsTmux,
  ttydPath,
  ttydProtocol,
} from './ttyd-frames-policy.ts';

/** From the tunnel to the first output; the shell's start-up files may take their time. */
const startTimeoutMs = 15_000;
/** ttyd asks after 5 s of silence and hangs up at 10 s; so does this side. */
const pingMs = 5_000;
const deadMs = 10_000;
/** What a server may still send after it was asked to wait. */
const pausedLimitBytes = 1024 * 1024;
const closedWell = 1000;
const closedRefused = 1008;

export interface Console {
  readonly shell: Shell;
  /** A later connection finds this shell again. */
  readonly isKept: boolean;
}

/**
 * Speaks to a ttyd behind `stream`, which it owns from here on.
 * @throws BerthError `service-failed`, `service-timeout`, `forbidden` where it wants a password
 */
export function openConsole(stream: Duplex, size: Size, clock: Clock): Promise<Console> {
  return new Promise((resolve, reject) => {
    // The host name is for the HTTP request only; the stream is connected already.
    const socket = new WebSocket(`ws://127.0.0.1${ttydPath}`, ttydProtocol, {
      createConnection: () => stream as never,
      perMessageDeflate: false,
      // SECURITY: no frame that a container sends grows without bound (test: ttyd.itest.ts).
      maxPayload: maxFrameBytes,
      handshakeTimeout: startTimeoutMs,
    });
    const data: Buffer[] = [];
    let onData: ((chunk: Buffer) => void) | null = null;
    let onClose: ((end: ShellEnd) => void) | null = null;
    let ended: ShellEnd | null = null;
    let isStarted = false;
    let isPaused = false;
    let pausedBytes = 0;
    let isBroken = false;
    let heardAt = clock.now();
    let watch: Disposable | null = null;
    stream.on('error', () => {
      isBroken = true;
    });

    const send = (frame: Buffer, done?: () => void): void => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(frame, { binary: true }, (error) => {
        if (!error) done?.();
      });
    };
    const look = (): void => {
      // Nothing is read while the window has no room, so nothing can be heard either.
      if (!socket.isPaused && clock.now() - heardAt > deadMs) {
        isBroken = true;
        socket.terminate();
        return;
      }
      if (socket.readyState === WebSocket.OPEN) socket.ping();
      watch = clock.after(pingMs, look);
    };
    const limit = clock.after(startTimeoutMs, () => {
      fail(new BerthError('service-timeout', { place: 'service', retry: 'user', params: { service: 'ttyd' } }));
    });
    const fail = (error: BerthError): void => {
      limit.dispose();
      watch?.dispose();
      socket.terminate();
      stream.destroy();
      reject(error);
    };
    const shell: Shell = {
      write: (chunk, taken) => send(inputFrame(chunk), taken),
      resize: (next) => send(resizeFrame(next)),
      pause: () => {
        isPaused = true;
        pausedBytes = 0;
        send(pauseFrame);
      },
      resume: () => {
        isPaused = false;
        heardAt = clock.now();
        socket.resume();
        send(resumeFrame);
      },
      destroy: () => {
        watch?.dispose();
        socket.terminate();
        stream.destroy();
      },
      onData: (listener) => {
        onData = listener;
        for (const chunk of data.splice(0)) listener(chunk);
      },
      onClose: (listener) => {
        onClose = listener;
        if (ended) listener(ended);
      },
    };

    socket.on('open', () => {
      // The size follows once the shell stands, should it have changed.
      send(helloFrame(size));
      look();
    });
    socket.on('pong', () => {
      heardAt = clock.now();
    });
    socket.on('ping', () => {
      heardAt = clock.now();
    });
    socket.on('message', (raw) => {
      heardAt = clock.now();
      const frame = readFrame(Buffer.isBuffer(raw) ? raw : Array.isArray(raw) ? Buffer.concat(raw) : Buffer.from(raw));
      if (frame.kind === 'title' && !isStarted) {
        isStarted = true;
        limit.dispose();
        resolve({ shell, isKept: runsTmux(frame.text) });
      }
      if (frame.kind !== 'output' || frame.bytes.length === 0) return;
      if (isPaused) {
        pausedBytes += frame.bytes.length;
        // SECURITY: a server that goes on all the same is held by the socket itself (test: ttyd.itest.ts).
        if (pausedBytes > pausedLimitBytes) socket.pause();
      }
      if (onData) onData(frame.bytes);
      else data.push(frame.bytes);
    });
    socket.on('error', (error) => {
      if (!isStarted) fail(notStarted(error));
    });
    socket.on('close', (code) => {
      watch?.dispose();
      if (!isStarted) {
        fail(code === closedRefused ? refused() : notStarted());
        return;
      }
      // A program that ended well is told by the code; one that failed only by the connection's end.
      ended = { code: code === closedWell ? 0 : null, isLost: isBroken };
      onClose?.(ended);
    });
  });
}

function refused(): BerthError {
  return new BerthError('forbidden', { place: 'service', params: { service: 'ttyd' } });
}

function notStarted(cause?: Error): BerthError {
  return new BerthError('service-failed', { place: 'service', retry: 'auto', params: { service: 'ttyd' }, cause });
}
