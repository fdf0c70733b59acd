/**
 * What listens in a container, read from what its kernel tells: `/proc/net/tcp` and `tcp6`, and which processes hold the
 * sockets. Pure.
 */
import type { ListeningPort } from '../../src-preload/contract/forwards.ts';

/** The platform's own: runner (2000 to 2003), sshd and ttyd (tunnels reference, section 3.2). */
const ownPorts: ReadonlySet<number> = new Set([2000, 2001, 2002, 2003, 2200, 7681]);

const listenState = '0A';
const maxPorts = 200;

/**
 * Prints the tables; `D` process and `S` socket lines; `N` name lines; `O` processes of this session. A handful of programs
 * that every image has, however many processes there are. What other users run shows none of it and is not left out for that.
 */
export const listeningScript = [
  'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null',
  'ls -l /proc/[0-9]*/fd 2>/dev/null |' +
    " sed -n -e 's,^/proc/\\([0-9]*\\)/fd:$,D \\1,p' -e 's/.*socket:\\[\\([0-9]*\\)\\]$/S \\1/p'",
  "grep -H . /proc/[0-9]*/comm 2>/dev/null | sed -n 's,^/proc/\\([0-9]*\\)/comm:\\(.*\\)$,N \\1 \\2,p'",
  // Where processes of other sessions can be seen, as in the sandbox, they are somebody else's matter.
  'if [ -n "$BACKENDAI_KERNEL_ID" ]; then echo "O"; grep -l "BACKENDAI_KERNEL_ID=$BACKENDAI_KERNEL_ID"' +
    " /proc/[0-9]*/environ 2>/dev/null | sed -n 's,^/proc/\\([0-9]*\\)/environ$,O \\1,p'; fi",
].join('\n');

interface Socket {
  readonly port: number;
  readonly inode: string;
}

function readSocket(line: string): Socket | null {
  const fields = line.trim().split(/\s+/);
  const [, local, , state] = fields;
  const inode = fields[9];
  if (state !== listenState || local === undefined || inode === undefined) return null;
  const hex = /^(?:[0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(local)?.[1];
  return hex === undefined ? null : { port: Number.parseInt(hex, 16), inode };
}

interface Facts {
  readonly sockets: Socket[];
  /** Processes by socket. */
  readonly holders: Map<string, string[]>;
  readonly names: Map<string, string>;
  /** Null: the session cannot tell its processes apart. */
  own: Set<string> | null;
}

function readFacts(output: string): Facts {
  const facts: Facts = { sockets: [], holders: new Map(), names: new Map(), own: null };
  let process = '';
  for (const line of output.split('\n')) {
    const [, kind, id = '', text = ''] = /^([DSNO])(?: (\d+)(?: (.*))?)?$/.exec(line) ?? [];
    if (kind === 'D') process = id;
    else if (kind === 'S') facts.holders.set(id, [...(facts.holders.get(id) ?? []), process]);
    else if (kind === 'N') facts.names.set(id, text.replace(/[^\x20-\x7e]/g, '').slice(0, 32));
    else if (kind === 'O') {
      facts.own ??= new Set();
      facts.own.add(id);
    } else {
      const socket = readSocket(line);
      if (socket && socket.port > 0) facts.sockets.push(socket);
    }
  }
  return facts;
}

/**
 * @param output of `listeningScript`; lines of no kind are skipped
 * @param hidden ports of services, which have a place of their own
 */
export function readListening(output: string, hidden: ReadonlySet<number>): ListeningPort[] {
  const { sockets, holders, names, own } = readFacts(output);
  const found = new Map<number, ListeningPort>();
  for (const { port, inode } of sockets) {
    if (ownPorts.has(port) || hidden.has(port)) continue;
    const processes = holders.get(inode) ?? [];
    // Children inherit sockets: one process that belongs here is enough.
    const ours = own === null ? processes : processes.filter((it) => own.has(it));
    if (processes.length > 0 && ours.length === 0) continue;
    const program = names.get(ours[0] ?? '') || null;
    if (!found.has(port) || program !== null) found.set(port, { port, program });
  }
  return [...found.values()].sort((a, b) => a.port - b.port).slice(0, maxPorts);
}
