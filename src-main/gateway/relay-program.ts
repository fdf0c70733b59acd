/**
 * A small program that runs inside the container while a notebook is open, so that a cut of the link cuts nothing of the
 * notebook. Jupyter itself loses what it wrote into a connection that was dying: its own buffer begins only when it
 * notices the end. This end stays: it holds the service's connection, keeps every byte until Berth has acknowledged it,
 * and goes on where a new connection of Berth's left off. It keeps nothing on disk and ends by itself when it is idle.
 *
 * Standard Python 3.6 or newer and nothing else; it runs wherever Jupyter does.
 */

/** What the relay keeps of one stream for a client that is away; above it, the service has to wait. */
export const relayKeepsBytes = 8 * 1024 * 1024;
/** A stream whose client stays away this long ends. Longer than Berth tries (resumable.ts). */
const awaySeconds = 180;
/** Without a stream for this long the relay ends. */
const idleSeconds = 30;
const maxStreams = 256;

/**
 * Reads the secret from its input, listens on a loopback port of the container, tells it, and stays in the background.
 * A connection begins with `berth1 SECRET STREAM PORT RECEIVED`; the answer is `ok RECEIVED`, `gone`, `refused` or
 * `full`. Then frames both ways: a letter, a length (32 bits), bytes. D data, A acknowledged up to (64 bits), E end, X
 * not wanted any more.
 */
export const relayProgram = String.raw`
import asyncio, hmac, os, signal, socket, struct, sys

KEEP, PIECE, AWAY, IDLE, MAX = ${relayKeepsBytes}, 65536, ${awaySeconds}, ${idleSeconds}, ${maxStreams}
secret = sys.stdin.readline().strip().encode()
listener = socket.socket()
# SECURITY: the container's own loopback, and only with the secret ('lets nobody in without its secret' in relay.itest.ts).
listener.bind(('127.0.0.1', 0))
listener.listen(64)
streams = {}

def frame(kind, data=b''):
    return kind + struct.pack('>I', len(data)) + data

class Stream:
    def __init__(self, name, reader, writer):
        self.name, self.reader, self.writer = name, reader, writer
        # Bytes for the client that it has not acknowledged, and the offset of the first of them.
        self.kept, self.base = bytearray(), 0
        self.received = self.told = 0
        self.client, self.ended, self.timer = None, False, None
        self.room = asyncio.Event()
        self.room.set()

    async def pump(self):
        try:
            while True:
                await self.room.wait()
                data = await self.reader.read(PIECE)
                if not data:
                    break
                self.kept += data
                if len(self.kept) >= KEEP:
                    self.room.clear()
                self.tell(frame(b'D', data))
        except OSError:
            pass
        self.ended = True
        self.tell(frame(b'E'))

    def tell(self, data):
        if self.client is not None:
            self.client.write(data)

    def attach(self, client, received):
        if self.client is not None:
            self.client.close()
        if self.timer is not None:
            self.timer.cancel()
        self.client, self.told = client, self.received
        client.write(b'ok %d\n' % self.received)
        self.forget(received)
        for at in range(0, len(self.kept), PIECE):
            client.write(frame(b'D', bytes(self.kept[at:at + PIECE])))
        if self.ended:
            client.write(frame(b'E'))

    def detach(self):
        self.client = None
        self.timer = asyncio.get_event_loop().call_later(AWAY, self.close)

    def forget(self, offset):
        count = offset - self.base
        if 0 < count <= len(self.kept):
            del self.kept[:count]
            self.base = offset
        if len(self.kept) < KEEP:
            self.room.set()

    def close(self):
        streams.pop(self.name, None)
        if self.timer is not None:
            self.timer.cancel()
        self.writer.close()
        look()

async def serve(reader, writer):
    stream = None
    try:
        words = (await asyncio.wait_for(reader.readline(), 10)).split()
        if len(words) != 5 or words[0] != b'berth1' or not hmac.compare_digest(words[1], secret):
            return
        name, port, received = words[2], int(words[3]), int(words[4])
        found = streams.get(name)
        if found is None and (received > 0 or len(streams) >= MAX):
            writer.write(b'full\n' if received == 0 else b'gone\n')
            return
        if found is None:
            try:
                found = Stream(name, *(await asyncio.open_connection('127.0.0.1', port)))
            except OSError:
                writer.write(b'refused\n')
                return
            streams[name] = found
            asyncio.ensure_future(found.pump())
        elif not found.base <= received <= found.base + len(found.kept):
            writer.write(b'gone\n')
            return
        stream = found
        stream.attach(writer, received)
        # What an older connection still holds unread comes again over the newer one.
        while stream.client is writer:
            kind, size = struct.unpack('>cI', await reader.readexactly(5))
            data = await reader.readexactly(size)
            if stream.client is not writer:
                return
            if kind == b'D':
                stream.writer.write(data)
                stream.received += size
                if stream.received - stream.told >= PIECE:
                    stream.told = stream.received
                    writer.write(frame(b'A', struct.pack('>Q', stream.received)))
                await stream.writer.drain()
            elif kind == b'A':
                stream.forget(struct.unpack('>Q', data)[0])
            elif kind == b'E':
                stream.writer.write_eof()
            else:
                stream.close()
                return
    except (OSError, ValueError, EOFError, asyncio.TimeoutError):
        pass
    finally:
        if stream is not None and stream.client is writer and stream.name in streams:
            stream.detach()
        writer.close()

timer = None

def look():
    global timer
    if timer is not None:
        timer.cancel()
    loop = asyncio.get_event_loop()
    timer = loop.call_later(IDLE, lambda: look() if streams else loop.stop())

async def main():
    await asyncio.start_server(serve, sock=listener)
    look()

print('ready %d' % listener.getsockname()[1], flush=True)
if os.fork():
    os._exit(0)
os.setsid()
signal.signal(signal.SIGHUP, signal.SIG_IGN)
null = os.open(os.devnull, os.O_RDWR)
for number in range(3):
    os.dup2(null, number)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
loop.run_forever()
`;

/** Tries the places where containers have Python; the platform mounts one of its own into every container. */
const search =
  'for p in python3 /opt/backend.ai/bin/python3 /opt/backend.ai/bin/python /opt/conda/bin/python3 python; do ' +
  '"$p" -c "import asyncio,sys;sys.exit(sys.version_info<(3,6))" >/dev/null 2>&1 && ' +
  'exec "$p" -c "import sys,base64;exec(base64.b64decode(sys.stdin.readline()))" berth-relay; done; echo none';

/** For any login shell. */
export const relayCommand = `exec sh -c '${search}'`;
