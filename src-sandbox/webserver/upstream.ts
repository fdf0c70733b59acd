/**
 * The webserver's way to the manager: real HTTP, signed with the keys of whoever is signed in.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';
import { bareMime, sign } from '../auth/signature.ts';

export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** `X-BackendAI-Version` of requests that a client sent without one. */
const fallbackVersion = 'v6.20220615';

export class Upstream {
  /** `http://127.0.0.1:PORT` of the manager. */
  readonly endpoint: string;
  readonly version: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(endpoint: string, version: string = fallbackVersion) {
    this.endpoint = endpoint;
    this.version = version;
  }

  /** Headers that make the request the user's; none but the version when nobody is signed in. */
  signed(
    method: string,
    target: string,
    keys: Keys | null,
    contentType: string | undefined,
    version: string | undefined,
  ): Record<string, string> {
    const date = new Date().toISOString();
    const used = version ?? this.version;
    const common = { Date: date, 'X-BackendAI-Version': used };
    if (keys === null) return common;
    const parts = {
      method,
      target,
      date,
      host: new URL(this.endpoint).host,
      contentType: bareMime(contentType),
      version: used,
    };
    const signature = sign(parts, keys.secretKey, date.slice(0, 10).replaceAll('-', ''));
    return {
      ...common,
      Authorization: `BackendAI signMethod=HMAC-SHA256, credential=${keys.accessKey}:${signature}`,
    };
  }

  /** Sends a request and resolves with the head of its answer; rejects when the manager cannot be reached. */
  ask(
    method: string,
    target: string,
    headers: Record<string, string>,
    body: Readable | string | Buffer | null,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asking = request(new URL(target, this.endpoint), { method, headers, agent: this.agent, signal }, resolve);
      asking.on('error', reject);
      if (body === null || typeof body === 'string' || Buffer.isBuffer(body)) asking.end(body ?? undefined);
      else body.on('error', (error: Error) => asking.destroy(error)).pipe(asking);
    });
  }

  /** An unsigned JSON request and its JSON answer. */
  async askJson(target: string, body: unknown): Promise<{ readonly status: number; readonly json: unknown }> {
    const text = JSON.stringify(body);
    const headers = {
      ...this.signed('POST', target, null, 'application/json', undefined),
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(text)),
    };
    const answer = await this.ask('POST', target, headers, text, AbortSignal.timeout(60_000));
    const parts: Buffer[] = [];
    for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
    return { status: answer.statusCode ?? 0, json: JSON.parse(Buffer.concat(parts).toString('utf8')) };
  }

  close(): void {
    this.agent.destroy();
  }
}
