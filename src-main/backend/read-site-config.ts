/** Fetches `/config.toml` from a webserver (API reference, section 2.6) and keeps it for a while. No sign-in is needed. */
import { BerthError } from '../base/berth-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Authenticator } from './authenticator.ts';
import type { HttpTransport } from './http.ts';
import { problemError } from './problem.ts';
import { parseSiteConfig, type SiteConfig } from './site-config.ts';

const keepMs = 5 * 60_000;
const timeoutMs = 15_000;
const maxBytes = 1024 * 1024;

export interface SiteConfigOptions {
  readonly endpoint: string;
  readonly mode: Authenticator['mode'];
  readonly http: HttpTransport;
  readonly clock: Clock;
}

/**
 * Null where the site publishes none: a manager does not, and a webserver may leave it to another server. Not being able
 * to ask is an error like any other.
 */
export function siteConfigReader(options: SiteConfigOptions): (signal?: AbortSignal) => Promise<SiteConfig | null> {
  let kept: { until: number; value: SiteConfig | null } | null = null;
  return async (signal) => {
    if (options.mode !== 'session') return null;
    const now = options.clock.now();
    if (kept !== null && kept.until > now) return kept.value;
    const value = await fetchConfig(options, signal);
    kept = { until: now + keepMs, value };
    return value;
  };
}

async function fetchConfig(
  { endpoint, http }: SiteConfigOptions,
  signal: AbortSignal | undefined,
): Promise<SiteConfig | null> {
  const url = new URL(`${endpoint}/config.toml`);
  const headers = { accept: '*/*' };
  const answer = await http.send({ method: 'GET', url, headers, timeoutMs, maxBytes, idempotent: true, signal });
  // Not there, or kept from us: a client does without.
  if (answer.status >= 400 && answer.status < 500) return null;
  if (answer.status !== 200) throw problemError(answer.status, answer.body, { headers: answer.headers, url });
  try {
    return parseSiteConfig(answer.body.toString('utf8'));
  } catch (error) {
    // The start page of the official client, which answers for every path where that file is missing.
    if (error instanceof BerthError && error.code === 'bad-answer') return null;
    throw error;
  }
}
