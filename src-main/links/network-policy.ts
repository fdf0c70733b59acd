/** What the computer's own addresses say about its network. Pure. */
import type { NetworkInterfaceInfo } from 'node:os';

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Given by an interface to itself when nobody gave it one: it leads nowhere. */
function isSelfGiven({ family, address }: NetworkInterfaceInfo): boolean {
  return family === 'IPv4' ? address.startsWith('169.254.') : /^fe[89ab]/i.test(address);
}

/** Addresses that could lead out of this computer, in a stable order: two answers that differ are two networks. */
export function outwardAddresses(interfaces: Interfaces): readonly string[] {
  return Object.entries(interfaces)
    .flatMap(([name, addresses = []]) =>
      addresses.filter((it) => !it.internal && !isSelfGiven(it)).map((it) => `${name} ${it.address}`),
    )
    .sort();
}

/** True for a host that is this computer: it is reached without any network. */
export function isOwnHost(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
