/**
 * One request as a route sees it: path parameters, query, and a body that is read once and within a limit.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from '../auth/account.ts';
import { authFailed, badFields, badParameters, Problem } from './problem.ts';

/** aiohttp's own limit for a body that is not streamed. */
const jsonLimitBytes = 1024 * 1024;

export type Fields = Readonly<Record<string, unknown>>;

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** `X-BackendAI-Version` as sent. */
  readonly version: string | undefined;
  /** Who signed the request; `null` on a route that anyone may call. */
  readonly account: Account | null;
}

/** Whose request it is. Throws 401 on a route that was asked without a signature. */
export function callerOf(call: Call): Account {
  if (call.account === null) throw authFailed('Unauthorized access');
  return call.account;
}

/** What a route answers. `undefined` means that it has written the response itself. */
export type Reply =
  | {
      readonly status: number;
      readonly json?: unknown;
      readonly headers?: Record<string, string>;
      readonly bytes?: Buffer;
    }
  | undefined;

export type Handler = (call: Call) => Reply | Promise<Reply>;

export const ok = (json: unknown): Reply => ({ status: 200, json });
export const created = (json: unknown): Reply => ({ status: 201, json });
export const empty = (status = 204): Reply => ({ status });

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the body; more than `limitBytes` is refused with 413 as aiohttp does. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limitBytes) throw new Problem(413, 'content-too-large', 'Request body is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** A JSON object body; `{}` when there is none. */
export async function jsonBody(call: Call): Promise<Fields> {
  const text = (await readBody(call.request, jsonLimitBytes)).toString('utf8');
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The position that V8 names says nothing a client could use; a manager answers these two words.
    throw badParameters('Malformed body');
  }
  if (!isFields(value)) throw badFields({ '': 'value is not a dict' });
  return value;
}

/**
 * Parameters as managers up to 26.2 take them: the JSON body when it holds anything, otherwise the query.
 * GET and HEAD never have their body read here.
 */
export async function parameters(call: Call): Promise<Fields> {
  if (call.request.method !== 'GET' && call.request.method !== 'HEAD') {
    const body = await jsonBody(call);
    if (Object.keys(body).length > 0) return body;
  }
  return Object.fromEntries(call.query);
}

/** A text parameter under any of its names; refused with 400 when it is missing or not text. */
export function textField(fields: Fields, ...names: readonly [string, ...string[]]): string {
  const value = optionalText(fields, ...names);
  if (value === null) throw badFields({ [names[0]]: 'is required' });
  return value;
}

export function optionalText(fields: Fields, ...names: readonly [string, ...string[]]): string | null {
  for (const name of names) {
    const value = fields[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') throw badFields({ [name]: 'value is not a string' });
    return value;
  }
  return null;
}

/** A flag of a query or a JSON body (trafaret's `ToBool`). */
export function flagField(fields: Fields, name: string, fallback: boolean): boolean {
  const value = fields[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase();
  if (['t', 'true', 'y', 'yes', 'on', '1'].includes(word)) return true;
  if (['f', 'false', 'n', 'no', 'off', '0', 'none'].includes(word)) return false;
  throw badFields({ [name]: "value can't be converted to Bool" });
}
