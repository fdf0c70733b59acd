/**
 * The optional encoding of request bodies between client and webserver (API reference, section 2.4). It hides nothing from
 * anyone who can read the request, its key being made of what stands in it; official clients use it all the same.
 */
import { createDecipheriv } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readBody } from '../http/call.ts';
import { WebProblem } from './web-problem.ts';

const limitBytes = 1024 * 1024;

/** The body in the clear; `null` when the request says nothing of an encoding, and its body is still unread. */
export async function readEncoded(request: IncomingMessage): Promise<Buffer | null> {
  if (request.headers['x-backendai-encoded'] === undefined) return null;
  const text = (await readBody(request, limitBytes)).toString('latin1');
  if (text === '') return Buffer.alloc(0);
  const [vector = '', payload = ''] = text.split(':', 2);
  const endpoint = Buffer.from(`http://${request.headers.host ?? ''}`).toString('base64');
  const key = Buffer.from(`${endpoint}${vector}${vector}`.slice(0, 32), 'latin1');
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, Buffer.from(vector, 'latin1'));
    return Buffer.concat([decipher.update(Buffer.from(payload, 'base64')), decipher.final()]);
  } catch {
    // A wrong key, a wrong length and wrong padding are one thing to the client.
    throw new WebProblem(500, 'internal-server-error', 'Something has gone wrong.');
  }
}
