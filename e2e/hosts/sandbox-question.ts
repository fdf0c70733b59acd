/** What a sandbox knows, asked past Berth: GraphQL over a signed request, as any other client of the site would. */
import { createHash, createHmac } from 'node:crypto';

interface Keys {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

const version = 'v9.20250722';
const path = '/admin/gql';

/** Resolves with the answer's `data`. Throws for an answer that is none. */
export async function askSandbox(site: Keys, query: string): Promise<Record<string, unknown>> {
  const date = new Date().toISOString();
  const { host } = new URL(site.endpoint);
  const type = 'application/json';
  const nothing = createHash('sha256').update('').digest('hex');
  const text = `POST\n${path}\n${date}\nhost:${host}\ncontent-type:${type}\nx-backendai-version:${version}\n${nothing}`;
  const hmac = (key: string | Buffer, value: string) => createHmac('sha256', key).update(value).digest();
  const key = hmac(hmac(site.secretKey, date.slice(0, 10).replaceAll('-', '')), host);
  const response = await fetch(site.endpoint + path, {
    method: 'POST',
    headers: {
      'Content-Type': type,
      'X-BackendAI-Version': version,
      'X-BackendAI-Date': date,
      Authorization: `BackendAI signMethod=HMAC-SHA256, credential=${site.accessKey}:${hmac(key, text).toString('hex')}`,
    },
    body: JSON.stringify({ query, variables: {} }),
  });
  const answer = (await response.json()) as { data?: Record<string, unknown> };
  if (!response.ok || !answer.data)
    throw new Error(`The sandbox answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer.data;
}
