/**
 * What Berth remembers of sites and accounts between starts: a plain document without secrets. Unknown keys of the
 * document and entries that cannot be read are kept as they are.
 */
import { z } from 'zod';
import { AccountId, SiteId } from '../../src-preload/contract/common.ts';
import { ProxyChoice } from '../../src-preload/contract/site-connection.ts';
import type { DocumentStore } from '../hosts/host.ts';

/** Trust and proxy. Certificates are public; the proxy's password is elsewhere. */
export const RememberedConnection = z.object({
  authorities: z.string().nullable().catch(null),
  pin: z.string().nullable().catch(null),
  proxy: ProxyChoice.catch({ kind: 'environment' }),
});
export type RememberedConnection = z.infer<typeof RememberedConnection>;

export const RememberedSite = z.object({
  id: SiteId,
  name: z.string(),
  endpoint: z.string(),
  colour: z.string().regex(/^#[0-9a-f]{6}$/),
  isSandbox: z.boolean().catch(false),
  connection: RememberedConnection.optional(),
});
export type RememberedSite = z.infer<typeof RememberedSite>;

/** SECURITY: the shape has no place for a secret (test: "never writes a secret to the document"). */
export const RememberedAccount = z.object({
  id: AccountId,
  siteId: SiteId,
  mode: z.enum(['api', 'session']),
  accessKey: z.string(),
  email: z.string().optional(),
  /** Where the secret was put; `memory` means that it is gone after a restart, which is no fault of the keychain. */
  secretKeptIn: z.enum(['os', 'memory']),
});
export type RememberedAccount = z.infer<typeof RememberedAccount>;

export interface Remembered {
  readonly sites: readonly RememberedSite[];
  readonly accounts: readonly RememberedAccount[];
}

export class SiteBook {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  read(): Remembered {
    const document = this.#documents.read();
    const sites = readEach(document.sites, RememberedSite);
    const known = new Set(sites.map(({ id }) => id));
    const accounts = readEach(document.accounts, RememberedAccount).filter(({ siteId }) => known.has(siteId));
    return { sites, accounts };
  }

  /** Throws what the store throws when the disk refuses. */
  write({ sites, accounts }: Remembered): void {
    const document = this.#documents.read();
    this.#documents.write({
      ...document,
      sites: sites.map((site) => RememberedSite.parse(site)),
      accounts: accounts.map((account) => RememberedAccount.parse(account)),
    });
  }
}

function readEach<T>(value: unknown, schema: z.ZodType<T>): T[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}
