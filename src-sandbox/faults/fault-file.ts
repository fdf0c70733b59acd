/**
 * The format of a fault script: what goes wrong on this site, where, and how often.
 */
import { z } from 'zod';

/** Where a request is met: at the manager (also when it came through the webserver), at the webserver, at the storage proxy, at the app proxy. */
export const faultPlaces = ['manager', 'webserver', 'storage', 'app-proxy'] as const;
export type FaultPlace = (typeof faultPlaces)[number];

const match = {
  /** `GET /session/*`: a method or `*`, and a path in which `*` is one segment and `**` any number of them. */
  on: z
    .string()
    .regex(/^(?:\*|[A-Z]+) \/\S*$/, 'takes a method or *, a space and a path, for example "POST /session" or "* /**"'),
  at: z.enum(faultPlaces).optional(),
  /** Parameters that the query must have, e.g. `{"app": "sshd"}`. */
  query: z.record(z.string(), z.string()).optional(),
  /** So many matching requests pass before the fault begins. */
  skip: z.int().nonnegative().default(0),
  /** So many requests are spoilt; without it, all. */
  count: z.int().positive().optional(),
  /** Of each request that matches; drawn from the script's seed. */
  probability: z.number().gt(0).lte(1).default(1),
};

const milliseconds = z.int().nonnegative().max(3_600_000);
const bytes = z.int().nonnegative();

/** Faults with a status answer as the manager would: the slug that belongs to it, and no rate headers with 429. */
export const statusFaults = ['401', '403', '404', '429', '500', '502', '503'] as const;

export const FaultRule = z.discriminatedUnion('fault', [
  /** The connection ends without an answer; with `afterMs`, the answer begins and then breaks off. */
  z.strictObject({ fault: z.literal('cut'), ...match, afterMs: milliseconds.optional() }),
  /** As `cut`, but by a TCP reset. */
  z.strictObject({ fault: z.literal('reset'), ...match, afterMs: milliseconds.optional() }),
  /** No answer ever comes; with `afterMs`, the answer begins and then falls silent, the connection staying open. */
  z.strictObject({ fault: z.literal('stall'), ...match, afterMs: milliseconds.optional() }),
  z.strictObject({ fault: z.literal('delay'), ...match, ms: milliseconds }),
  z.strictObject({ fault: z.enum(statusFaults), ...match, html: z.boolean().default(false) }),
  /** 200 and JSON by its header; random bytes by its body. */
  z.strictObject({ fault: z.literal('garbage'), ...match }),
  /** The first half of the true body, as if it were all. */
  z.strictObject({ fault: z.literal('truncated'), ...match }),
  /** The true head of the answer and half of the body, then the connection ends. */
  z.strictObject({ fault: z.literal('broken-off'), ...match }),
  /** A body that never ends, as fast as the client takes it. */
  z.strictObject({ fault: z.literal('endless'), ...match }),
  /** What a hotel's network answers instead of the site. */
  z.strictObject({ fault: z.literal('captive-portal'), ...match }),
  z.strictObject({ fault: z.literal('redirect-to-login'), ...match, to: z.string().default('/login') }),
  /** Every sign-in of the webserver ends just before the request is looked at. */
  z.strictObject({ fault: z.literal('expired-login'), ...match }),
  /** The session's SSH server has another host key from this connection on. */
  z.strictObject({ fault: z.literal('rotated-host-key'), ...match }),
  /** Tunnels: after so many bytes towards the client the line ends. */
  z.strictObject({ fault: z.literal('tunnel-cut'), ...match, afterBytes: bytes.default(0) }),
  /** Tunnels: after so many bytes nothing moves any more, and nothing is closed; pings stay unanswered. */
  z.strictObject({ fault: z.literal('tunnel-half-open'), ...match, afterBytes: bytes.default(0) }),
  /** Tunnels: after so many bytes nothing moves for so long, then all of it goes on. */
  z.strictObject({ fault: z.literal('tunnel-stall'), ...match, afterBytes: bytes.default(0), ms: milliseconds }),
  /** Tunnels: so many bytes towards the client are lost after `afterBytes`. */
  z.strictObject({
    fault: z.literal('tunnel-drop'),
    ...match,
    afterBytes: bytes.default(0),
    bytes: z.int().positive().default(1),
  }),
  /** Tunnels: every piece towards the client comes so much later. */
  z.strictObject({ fault: z.literal('tunnel-delay'), ...match, ms: milliseconds }),
]);
export type FaultRule = z.infer<typeof FaultRule>;

/** What happens at once when the script is read, to what is open then. */
export const suddenFaults = [
  'cut-tunnels',
  'half-open-tunnels',
  'cut-connections',
  'expire-logins',
  'rotate-host-keys',
] as const;
export type SuddenFault = (typeof suddenFaults)[number];

export const FaultScript = z.strictObject({
  $schema: z.string().optional(),
  seed: z.int().nonnegative().default(1),
  /** How far the site's clock is ahead (negative: behind). Its signature checks and its `Date` follow it. */
  clockSkewSeconds: z.number().default(0),
  now: z.array(z.enum(suddenFaults)).default([]),
  rules: z.array(FaultRule).default([]),
});
export type FaultScript = z.infer<typeof FaultScript>;

export const noFaults: FaultScript = { seed: 1, clockSkewSeconds: 0, now: [], rules: [] };

/** Reads a script. Throws an Error whose message is one sentence and names the place that is wrong. */
export function readFaultScript(text: string, file: string): FaultScript {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The fault script ${file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const read = FaultScript.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue?.path.reduce<string>(
    (path, part) =>
      typeof part === 'number' ? `${path}[${part}]` : path === '' ? String(part) : `${path}.${String(part)}`,
    '',
  );
  throw new Error(`The fault script ${file} is wrong at ${place === '' ? 'its top' : place}: ${issue?.message ?? ''}.`);
}
