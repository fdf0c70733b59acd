/**
 * The SSH server that works everywhere: ssh2's, inside the sandbox's process, on streams in memory, so that nothing
 * listens. It offers what a container's dropbear offers (tunnels reference, 3.7).
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connection } from 'ssh2';
import ssh2 from 'ssh2';
import { duplexPair } from '../duplex-pair.ts';
import { isAdmitted, readAuthorizedKeys } from './authorized-keys.ts';
import { type OpenPort, serveForwards } from './forward.ts';
import { type ShellSettings, serveSession } from './session-channel.ts';

export interface SshServer {
  /** A fresh connection to the server, not logged in yet. */
  connect(): Promise<Duplex>;
  /** Closes every connection. */
  close(): void;
}

/** As dropbear in a container: 10 tries, keep-alives every 15 s, dead after 45 s. */
const maxAuthTries = 10;
const keepaliveIntervalMs = 15_000;
const loginLimitMs = 300_000;

/** @param hosts names of the session's containers, to which connections may be forwarded */
export function startBuiltinServer(
  hostKeyPem: string,
  settings: ShellSettings,
  hosts: readonly string[],
  openPort: OpenPort,
): SshServer {
  const connections = new Set<Connection>();
  const ends = new Set<Duplex>();
  const server = new ssh2.Server(
    { hostKeys: [hostKeyPem], ident: 'berth_sandbox', keepaliveInterval: keepaliveIntervalMs, keepaliveCountMax: 3 },
    (connection) => {
      connections.add(connection);
      connection.once('close', () => connections.delete(connection));
      serveConnection(connection, settings, hosts, openPort);
    },
  );
  return {
    connect: async () => {
      const [outside, inside] = duplexPair();
      ends.add(inside);
      inside.once('close', () => ends.delete(inside));
      // ssh2 wants no more of its socket than a Duplex has; addresses are only passed on.
      server.injectSocket(inside as unknown as Socket);
      return outside;
    },
    close: () => {
      for (const connection of connections) connection.end();
      for (const end of ends) end.destroy();
    },
  };
}

function serveConnection(
  connection: Connection,
  settings: ShellSettings,
  hosts: readonly string[],
  openPort: OpenPort,
): void {
  const { log } = settings;
  const sessions = new Set<{ hangUp(): void }>();
  let tries = 0;
  const loginTimer = setTimeout(() => connection.end(), loginLimitMs);
  loginTimer.unref();
  connection.on('error', (error: Error) => log(`ssh: ${error.message}`));
  connection.on('close', () => {
    clearTimeout(loginTimer);
    for (const session of sessions) session.hangUp();
    sessions.clear();
  });
  connection.on('authentication', (context) => {
    // SECURITY: only `work`, only by key (builtin.itest.ts, "refuses a foreign key and other users").
    if (context.method !== 'publickey' || context.username !== 'work') {
      if (context.method !== 'none') tries += 1;
      context.reject(['publickey']);
      if (tries > maxAuthTries) connection.end();
      return;
    }
    void readAuthorizedKeys(settings.home).then((keys) => {
      if (isAdmitted(keys, context)) {
        context.accept();
        return;
      }
      tries += 1;
      context.reject(['publickey']);
      if (tries > maxAuthTries) connection.end();
    });
  });
  connection.on('ready', () => {
    clearTimeout(loginTimer);
    // Without a listener ssh2 refuses every forward as prohibited.
    if (settings.forwarding) serveForwards(connection, hosts, openPort, log);
    connection.on('session', (accept) => {
      const session = accept();
      if (!session) return;
      const served = serveSession(session, settings);
      sessions.add(served);
      session.on('close', () => sessions.delete(served));
    });
  });
}
