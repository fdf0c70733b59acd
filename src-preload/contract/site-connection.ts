/** How Berth gets to a site: whom it trusts there, and through which proxy. */
import { z } from 'zod';
import { Instant } from './common.ts';

/** SHA-256, upper case hex pairs with colons, as browsers and OpenSSL show it. */
export const Fingerprint = z.string().regex(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);

/** What a person needs to know a certificate again. */
export const Certificate = z.strictObject({
  fingerprint: Fingerprint,
  subject: z.string(),
  issuer: z.string(),
  /** Host names and addresses it was made for. */
  names: z.array(z.string()),
  validFrom: Instant,
  validTo: Instant,
  selfSigned: z.boolean(),
});
export type Certificate = z.infer<typeof Certificate>;

export const ProxyChoice = z.discriminatedUnion('kind', [
  /** `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy` of Berth's own environment. */
  z.strictObject({ kind: z.literal('environment') }),
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('address'),
    address: z.string().trim().min(1).max(2048),
    user: z.string().max(256),
  }),
]);
export type ProxyChoice = z.infer<typeof ProxyChoice>;

export const SiteConnection = z.strictObject({
  /** Authorities trusted for this site beside the system's. */
  authorities: z.array(Certificate),
  /** The one certificate that the site must show; null means whichever an authority vouches for. */
  pinned: Certificate.nullable(),
  proxy: ProxyChoice,
  hasProxyPassword: z.boolean(),
  /** `host:port` of the proxy that requests take now; null: straight to the site. */
  proxyInUse: z.string().nullable(),
});
export type SiteConnection = z.infer<typeof SiteConnection>;

/** What is left out stays as it is. */
export const ConnectionChange = z.strictObject({
  /** PEM text of authorities; null: the system's alone. */
  authorities: z
    .string()
    .max(512 * 1024)
    .nullable()
    .optional(),
  /** Fingerprint of a certificate that `inspect` has shown; null: no pin. */
  pin: Fingerprint.nullable().optional(),
  proxy: ProxyChoice.optional(),
  /** Null forgets it. */
  proxyPassword: z.string().min(1).max(1024).nullable().optional(),
});
export type ConnectionChange = z.infer<typeof ConnectionChange>;
