/**
 * Whose process is at the other end of a loopback connection. The entry address travels to the browser as an argument,
 * which other users of the machine can read; on Linux the kernel tells who connects, so their use of it can be refused.
 */
import { readFileSync } from 'node:fs';

/** The user id that owns the socket at 127.0.0.1:`port`, from the text of `/proc/net/tcp`; null when it is not listed. */
export function ownerOfPort(procNetTcp: string, port: number, peerPort: number): number | null {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');
  for (const line of procNetTcp.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (columns[1] === `0100007F:${hex(port)}` && columns[2] === `0100007F:${hex(peerPort)}`) return Number(columns[7]);
  }
  return null;
}

/** True unless the system says that another user's process is at the other end. */
export function isOwnPeer(remotePort: number | undefined, localPort: number | undefined): boolean {
  if (process.platform !== 'linux' || process.getuid === undefined) return true;
  if (remotePort === undefined || localPort === undefined) return false;
  let table: string;
  try {
    table = readFileSync('/proc/net/tcp', 'latin1');
  } catch {
    // No /proc here (some containers): the one-time token alone decides, as on other systems.
    return true;
  }
  const owner = ownerOfPort(table, remotePort, localPort);
  return owner === null || owner === process.getuid();
}
