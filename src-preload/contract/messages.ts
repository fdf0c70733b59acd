/**
 * The envelopes that carry the contract over any transport: JSON text for everything but stream bytes, which are binary
 * frames of a 4-byte big-endian stream id and the bytes.
 */
import { z } from 'zod';
import { ErrorValue } from './errors.ts';

const Id = z.number().int().min(1).max(0xffff_ffff);
const Name = z.string().max(64);

/** Largest text message that the main process takes from a window, in bytes. */
export const maxTextBytes = 1_048_576;
/** Largest piece of stream data in one frame, in bytes; longer writes are split. */
export const maxChunkBytes = 65_536;
/**
 * Credit that a window gives a new stream, in bytes: what a fast screen parses in two of its turns and the next one that
 * arrives meanwhile. A terminal gives it back as fast as its screen can use it (screen-feed.ts), so that a slow screen
 * has far less on its way.
 */
export const initialCreditBytes = 3 * 1024 * 1024;

export const ToMain = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('call'), id: Id, name: Name, input: z.unknown().optional() }),
  z.strictObject({ t: z.literal('cancel'), id: Id }),
  z.strictObject({ t: z.literal('subscribe'), name: Name }),
  z.strictObject({ t: z.literal('unsubscribe'), name: Name }),
  z.strictObject({ t: z.literal('open'), id: Id, name: Name, input: z.unknown().optional() }),
  z.strictObject({ t: z.literal('control'), id: Id, data: z.unknown() }),
  z.strictObject({ t: z.literal('credit'), id: Id, bytes: z.number().int().positive().max(0x7fff_ffff) }),
  z.strictObject({ t: z.literal('close'), id: Id }),
]);
export type ToMain = z.infer<typeof ToMain>;

export const ToWindow = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('hello'), version: z.number() }),
  z.strictObject({ t: z.literal('ok'), id: Id, output: z.unknown().optional() }),
  z.strictObject({ t: z.literal('err'), id: Id, error: ErrorValue }),
  z.strictObject({ t: z.literal('event'), name: Name, payload: z.unknown() }),
  z.strictObject({ t: z.literal('note'), id: Id, data: z.unknown() }),
  z.strictObject({ t: z.literal('closed'), id: Id, error: ErrorValue.optional() }),
]);
export type ToWindow = z.infer<typeof ToWindow>;

/** Puts the stream id before the bytes. */
export function encodeChunk(id: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + bytes.byteLength);
  new DataView(frame.buffer).setUint32(0, id);
  frame.set(bytes, 4);
  return frame;
}

/** Null when the frame is too short to be one. */
export function decodeChunk(frame: Uint8Array): { id: number; bytes: Uint8Array } | null {
  if (frame.byteLength < 4) return null;
  const id = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
  return { id, bytes: frame.subarray(4) };
}
