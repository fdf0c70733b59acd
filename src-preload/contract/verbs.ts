/** The three verbs of the contract. Everything that crosses between window and main process is one of them. */
import type { z } from 'zod';

/** A question with one answer. Input is parsed by the bridge on every call, output by the client. */
export interface CallDef<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly verb: 'call';
  readonly input: I;
  readonly output: O;
}

/** Something that happened in the main process, told to every window that subscribed. */
export interface EventDef<P extends z.ZodType = z.ZodType> {
  readonly verb: 'event';
  readonly payload: P;
}

/**
 * A two-way byte stream with credit-based flow control, beside it small typed messages: `control` from the window
 * (a resize), `note` from the main process (a state). Bytes towards the window never exceed the credit it gave.
 */
export interface StreamDef<
  I extends z.ZodType = z.ZodType,
  C extends z.ZodType = z.ZodType,
  N extends z.ZodType = z.ZodType,
> {
  readonly verb: 'stream';
  readonly input: I;
  readonly control: C;
  readonly note: N;
}

export type Def = CallDef | EventDef | StreamDef;
export type Area = Readonly<Record<string, Def>>;
export type Contract = Readonly<Record<string, Area>>;

export function call<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): CallDef<I, O> {
  return { verb: 'call', input, output };
}

export function event<P extends z.ZodType>(payload: P): EventDef<P> {
  return { verb: 'event', payload };
}

export function stream<I extends z.ZodType, C extends z.ZodType, N extends z.ZodType>(
  input: I,
  control: C,
  note: N,
): StreamDef<I, C, N> {
  return { verb: 'stream', input, control, note };
}
