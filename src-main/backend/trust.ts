/**
 * Whom Berth believes at the other end of a TLS connection: the system's authorities, those a person added for this site,
 * or exactly one pinned certificate. There is no way to believe everybody.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PeerCertificate, SecureContext } from 'node:tls';
import * as tls from 'node:tls';
import type { Certificate } from '../../src-preload/contract/site-connection.ts';
import { BerthError } from '../base/berth-error.ts';

export interface TrustSettings {
  /** PEM text of further authorities; null: the system's alone. */
  readonly authorities: string | null;
  /** PEM text of the one certificate that the site must show; null means whichever an authority vouches for. */
  readonly pin: string | null;
}

export interface Trust {
  readonly secureContext: () => SecureContext;
  /** Called by Node after the chain was verified; an Error refuses the connection. */
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
  /** Fingerprint of the pinned certificate. */
  readonly pinned: string | null;
}

/** Where Linux distributions and BSDs keep the system's bundle. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

let systemAuthorities: readonly string[] | null = null;

/** Node's own list, and the system's where it can be read: newer Nodes ask the system, older ones read its bundle. */
function authoritiesOfSystem(): readonly string[] {
  if (systemAuthorities !== null) return systemAuthorities;
  const named = process.env.SSL_CERT_FILE;
  const found: string[] = [...tls.rootCertificates];
  // Not in the floor's declarations yet.
  const ask: unknown = Reflect.get(tls, 'getCACertificates');
  if (typeof ask === 'function') {
    for (const kind of ['default', 'system']) {
      const more: unknown = ask(kind);
      if (Array.isArray(more)) found.push(...more.filter((it) => typeof it === 'string'));
    }
  }
  for (const path of named === undefined ? bundles : [named]) {
    try {
      found.push(...splitPem(readFileSync(path, 'utf8')));
      break;
    } catch {
      // Not this system's place.
    }
  }
  // Node adds this file to its own list only, which a context with a list of its own does not take.
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  if (extra !== undefined && extra !== '') {
    try {
      found.push(...splitPem(readFileSync(extra, 'utf8')));
    } catch {
      // Node itself warns of a file that it cannot read.
    }
  }
  systemAuthorities = [...new Set(found.map((text) => text.trim()))];
  return systemAuthorities;
}

export function createTrust({ authorities, pin }: TrustSettings): Trust {
  const pinned = pin === null ? null : new X509Certificate(pin).fingerprint256;
  let context: SecureContext | null = null;
  return {
    pinned,
    secureContext: () => {
      context ??=
        pin === null
          ? tls.createSecureContext({ ca: [...authoritiesOfSystem(), ...splitPem(authorities ?? '')] })
          : // A certificate that an unknown authority issued is an anchor by itself once it is pinned.
            tls.createSecureContext({ ca: [pin], allowPartialTrustChain: true });
      return context;
    },
    checkServerIdentity: (host, certificate) => {
      if (pinned === null) return tls.checkServerIdentity(host, certificate);
      // SECURITY: the pin replaces the name, so it must be this very certificate (route.itest.ts, "stops at a changed one").
      return certificate.fingerprint256 === pinned ? undefined : new OtherCertificate();
    },
  };
}

class OtherCertificate extends Error {
  readonly code = 'ERR_TLS_CERT_ALTNAME_INVALID';
}

/** Each certificate of a PEM text on its own. */
export function splitPem(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

/** What the file holds, for showing. Throws BerthError `invalid-input` when it holds no certificate, or a broken one. */
export function readAuthorities(text: string): Certificate[] {
  const refuse = (reason: string, cause?: unknown) =>
    new BerthError('invalid-input', { place: 'computer', params: { field: 'authorities', reason }, cause });
  const parts = splitPem(text);
  if (parts.length === 0) throw refuse('no-certificate');
  try {
    return parts.map((part) => describeCertificate(part));
  } catch (error) {
    throw refuse('broken-certificate', error);
  }
}

/** Throws what Node throws for bytes that are no certificate. */
export function describeCertificate(pem: string): Certificate {
  const certificate = new X509Certificate(pem);
  const names = [...(certificate.subjectAltName ?? '').matchAll(/(?:DNS|IP Address):"?([^",\s]+)/g)];
  return {
    fingerprint: certificate.fingerprint256,
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: names.map((match) => match[1] ?? '').slice(0, 50),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    selfSigned: certificate.checkIssued(certificate),
  };
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ').slice(0, 500);
}
