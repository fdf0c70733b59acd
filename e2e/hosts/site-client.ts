/** Another client of the same account: signs as the protocol says and asks the site directly, past Berth. */
import { createHash, createHmac } from 'node:crypto';
import type { SandboxInfo } from './process.ts';

const version = 'v8.20240915';

export class SiteClient {
  readonly #site: Pick<SandboxInfo, 'endpoint' | 'accessKey' | 'secretKey'>;

  constructor(site: Pick<SandboxInfo, 'endpoint' | 'accessKey' | 'secretKey'>) {
    this.#site = site;
  }

  /** Upper case as the site writes it; null when it knows no such session. */
  async status(name: string): Promise<string | null> {
    const query = `query ($filter: String) { compute_session_list(limit: 1, offset: 0, filter: $filter, order: "-created_at") { items { status } } }`;
    const answer = await this.#send('POST', '/admin/gql', {
      query,
      variables: { filter: `name == "${name}"` },
      operationName: null,
    });
    const data = JSON.parse(answer) as { data?: { compute_session_list?: { items: { status: string }[] } } };
    return data.data?.compute_session_list?.items[0]?.status ?? null;
  }

  /** @param fields of a session's creation beside its image and a small size. @returns its id */
  async create(fields: Readonly<Record<string, unknown>> & { readonly name: string }): Promise<string> {
    const config = { resources: { cpu: '1', mem: '512m' } };
    const answer = await this.#send('POST', '/session', { image: 'shell', enqueueOnly: true, config, ...fields });
    return String((JSON.parse(answer) as { sessionId?: unknown }).sessionId);
  }

  async destroy(name: string): Promise<void> {
    await this.#send('DELETE', `/session/${name}`);
  }

  async #send(method: string, target: string, body?: unknown): Promise<string> {
    const { endpoint, accessKey, secretKey } = this.#site;
    const host = new URL(endpoint).host;
    const date = new Date().toISOString();
    const type = 'application/json';
    const signed = [
      method,
      target,
      date,
      `host:${host}`,
      `content-type:${type}`,
      `x-backendai-version:${version}`,
      createHash('sha256').update('').digest('hex'),
    ].join('\n');
    const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
    const signature = createHmac('sha256', mac(mac(secretKey, date.slice(0, 10).replaceAll('-', '')), host))
      .update(signed)
      .digest('hex');
    const answer = await fetch(new URL(target, endpoint), {
      method,
      headers: {
        'Content-Type': type,
        Date: date,
        'X-BackendAI-Date': date,
        'X-BackendAI-Version': version,
        Authorization: `BackendAI signMethod=HMAC-SHA256, credential=${accessKey}:${signature}`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
    return text;
  }
}
