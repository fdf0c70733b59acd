/**
 * Queries of the v2 schema, which has an address of its own (API reference, sections 5.5 and 6.1). The answer is parsed by
 * `schema`, which reads `data`.
 */
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import type { SiteClient } from './site-client.ts';

const address = '/admin/gql/strawberry';
/** A site with a federated gateway in front answers both schemas at the one address. */
const federated = '/admin/gql';

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string().catch('') })).nullish(),
});

/**
 * Errors of single fields, such as a user that the caller may not read, leave the rest as it is.
 * Throws BerthError `refused-by-site` when the query as a whole is refused.
 */
export async function askV2<T>(
  client: SiteClient,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T> {
  const json = { query, variables, operationName: null };
  const ask = (path: string) => client.json(path, Answer, { method: 'POST', json, idempotent: true, signal });
  const { data, errors } = await ask(address).catch((error: unknown) => {
    const isElsewhere = error instanceof BerthError && (error.code === 'unsupported' || error.code === 'not-found');
    if (!isElsewhere) throw error;
    return ask(federated);
  });
  const known = data ?? {};
  if (Object.values(known).every((value) => value === null)) {
    const detail = (errors ?? []).map(({ message }) => message).join('\n');
    throw new BerthError('refused-by-site', { place: 'manager', params: { path: address, reason: 'graphql' }, detail });
  }
  const parsed = schema.safeParse(known);
  if (parsed.success) return parsed.data;
  const params = { path: address, reason: 'shape', where: parsed.error.issues[0]?.path.map(String).join('.') ?? '' };
  throw new BerthError('bad-answer', { place: 'manager', params, cause: parsed.error });
}
