/**
 * Sockets that read into memory used again and again. Node's own way allocates 64 KiB a read, and at full speed the
 * collector then takes a third of the relay's time.
 */
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** One read, and with it one frame towards the client. */
const readBytes = 256 * 1024;
/** A smaller piece is copied, so that waiting trickles do not hold a whole buffer each. */
const worthLendingBytes = 32 * 1024;
/** More than this many are left to the collector. */
const mostFree = 16;

/** `bytes` stay untouched until `release` is called. */
export type Reader = (bytes: Buffer, release: () => void) => void;

const free: Buffer[] = [];
const readers = new WeakMap<Duplex, Reader>();
const pooled = new WeakSet<Duplex>();

const keep = (): void => undefined;

/** As `net.connect`; an ordinary stream unless `readPooled` takes over. */
export function connectPooled(where: NetConnectOpts): Socket {
  let current: Buffer = Buffer.alloc(0);
  const socket: Socket = connect({
    ...where,
    onread: {
      buffer: () => {
        if (current.length === 0) current = free.pop() ?? Buffer.allocUnsafeSlow(readBytes);
        return current;
      },
      callback: (length) => {
        const lent = current;
        const reader = readers.get(socket);
        if (reader === undefined) return socket.push(Buffer.from(lent.subarray(0, length)));
        if (length < worthLendingBytes) reader(Buffer.from(lent.subarray(0, length)), keep);
        else {
          current = Buffer.alloc(0);
          reader(lent.subarray(0, length), () => {
            if (free.length < mostFree) free.push(lent);
          });
        }
        return !socket.isPaused();
      },
    },
  });
  pooled.add(socket);
  return socket;
}

/** From now on what arrives goes to `reader` and no longer to `data`. False for a stream that cannot do so. */
export function readPooled(stream: Duplex, reader: Reader): boolean {
  if (!pooled.has(stream)) return false;
  readers.set(stream, reader);
  return true;
}
