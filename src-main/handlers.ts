/**
 * What the main process must offer for the contract: the types of call handlers, stream handlers and the event sink.
 * A contract line without its handler does not compile (`app.ts` builds the object that must satisfy these).
 */
import type { z } from 'zod';
import type { BerthContract, Events, Names } from '../src-preload/contract/index.ts';
import type { CallDef, StreamDef } from '../src-preload/contract/verbs.ts';

/** One handler function a call: input parsed already; throws a BerthError for what is expected to go wrong. */
export type Handlers = {
  [A in keyof BerthContract]: {
    [K in Names<BerthContract[A], CallDef>]: BerthContract[A][K] extends CallDef<infer I, infer O>
      ? (input: z.output<I>, context: CallContext) => Promise<z.input<O>>
      : never;
  };
};

export interface CallContext {
  /** Aborted when the window cancels or goes away. */
  readonly signal: AbortSignal;
}

/** One function a stream, which owns `port` until either side closes. */
export type StreamHandlers = {
  [A in keyof BerthContract]: {
    [K in Names<BerthContract[A], StreamDef>]: BerthContract[A][K] extends StreamDef<infer I, infer C, infer N>
      ? (input: z.output<I>, port: StreamPort<z.output<C>, z.input<N>>) => void
      : never;
  };
};

/** The main-process end of a stream. */
export interface StreamPort<Control, Note> {
  /** Bytes that may still be sent. Sending more is a defect and throws. */
  readonly credit: number;
  send(chunk: Uint8Array): void;
  note(note: Note): void;
  /** Ends the stream; with an error value when it ended badly. */
  close(error?: unknown): void;
  onData(listener: (chunk: Uint8Array) => void): void;
  onControl(listener: (control: Control) => void): void;
  /** More may be sent. */
  onCredit(listener: () => void): void;
  /** The window closed the stream or went away. */
  onClose(listener: () => void): void;
}

/** How services tell windows: `emit('sessions', 'changed', payload)`. */
export type Emit = <A extends keyof Events, K extends keyof Events[A] & string>(
  area: A,
  name: K,
  payload: Events[A][K],
) => void;
