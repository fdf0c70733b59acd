/**
 * Which proxy a request takes: the site's own setting, else the environment (`https_proxy`, `http_proxy`, `all_proxy`,
 * `no_proxy`, in lower and upper case, as curl and the official client read them). Pure: settings in, address out.
 */
import { BlockList, isIP } from 'node:net';
import { BerthError } from '../base/berth-error.ts';

/** `environment`: what the variables say; `none`: straight to the site; `address`: always this one. */
export type ProxySetting =
  | { readonly kind: 'environment' }
  | { readonly kind: 'none' }
  | { readonly kind: 'address'; readonly address: string; readonly user: string; readonly password: string | null };

export interface ProxyAddress {
  /** The connection to the proxy itself is encrypted. */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** `Proxy-Authorization` header, a secret; null where the proxy asks for none. */
  readonly authorization: string | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Null: straight to the site. Throws BerthError `proxy` for an address that is none, or that is no HTTP proxy. */
export function proxyFor(url: URL, setting: ProxySetting, environment: Environment): ProxyAddress | null {
  if (setting.kind === 'none') return null;
  if (setting.kind === 'address') return parseProxy(setting.address, setting.user, setting.password);
  // What runs on this computer is never asked for through somebody else.
  if (isLoopback(url.hostname) || isExempt(url, variable(environment, 'no_proxy'))) return null;
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  const text = variable(environment, secure ? 'https_proxy' : 'http_proxy') || variable(environment, 'all_proxy');
  return text === '' ? null : parseProxy(text, '', null);
}

/** Lower case wins, as everywhere. */
function variable(environment: Environment, name: string): string {
  return (environment[name] || environment[name.toUpperCase()] || '').trim();
}

/** Throws BerthError `proxy` with `reason` `address` or `scheme`. */
export function parseProxy(text: string, user: string, password: string | null): ProxyAddress {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (url === null || url.hostname === '') throw refuse('address', '');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('scheme', url.host);
  const secure = url.protocol === 'https:';
  const name = user || decode(url.username);
  const secret = password ?? decode(url.password);
  return {
    secure,
    host: bare(url.hostname),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    authorization: name === '' ? null : `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
  };
}

function refuse(reason: string, proxy: string): BerthError {
  return new BerthError('proxy', { place: 'proxy', retry: 'user', params: { reason, proxy } });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare per cent sign in a password: meant as it stands.
    return text;
  }
}

/** Without the brackets of an IPv6 literal. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** True when the list names this host: `*`, `.example.com`, `*.example.com`, `example.com[:port]`, addresses, CIDR blocks. */
export function isExempt(url: URL, list: string): boolean {
  const host = bare(url.hostname).toLowerCase().replace(/\.$/, '');
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  const port = url.port === '' ? (secure ? '443' : '80') : url.port;
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(host, port, entry.toLowerCase()));
}

function matches(host: string, port: string, entry: string): boolean {
  if (entry === '*') return true;
  if (isIP(bare(entry)) !== 0)
    return isIP(host) !== 0 && inBlock(host, bare(entry), isIP(bare(entry)) === 4 ? 32 : 128);
  const block = /^(\[?[\da-f:.]+\]?)\/(\d{1,3})$/.exec(entry);
  if (block !== null) return inBlock(host, bare(block[1] ?? ''), Number(block[2]));
  const parts = /^(.*?)(?::(\d+))?$/.exec(entry);
  const name = bare(parts?.[1] ?? '').replace(/^\*?\./, '');
  if (parts?.[2] !== undefined && parts[2] !== port) return false;
  if (name === '') return false;
  // A name stands for itself and for everything below it, with or without the leading dot; an address only for itself.
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function inBlock(host: string, network: string, prefix: number): boolean {
  const family = isIP(network);
  const hostFamily = isIP(host);
  if (family === 0 || hostFamily === 0 || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, hostFamily === 4 ? 'ipv4' : 'ipv6');
}
