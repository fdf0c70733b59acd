/**
 * The one error class for what is expected to go wrong. `cause` stays in the main process (it goes to the log, redacted);
 * only the value crosses the bridge.
 */
import type { ErrorCode, ErrorPlace, ErrorValue } from '../../src-preload/contract/errors.ts';

export interface BerthErrorOptions {
  readonly place: ErrorPlace;
  readonly retry?: ErrorValue['retry'];
  readonly params?: Readonly<Record<string, string | number>>;
  /** The other side's own words. Must hold no secret. */
  readonly detail?: string;
  readonly cause?: unknown;
}

export class BerthError extends Error {
  override readonly name = 'BerthError';
  readonly code: ErrorCode;
  readonly place: ErrorPlace;
  readonly retry: ErrorValue['retry'];
  readonly params: Readonly<Record<string, string | number>>;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, options: BerthErrorOptions) {
    super(
      `${code} at ${options.place}${options.detail === undefined ? '' : `: ${options.detail}`}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.place = options.place;
    this.retry = options.retry ?? 'never';
    this.params = options.params ?? {};
    this.detail = options.detail;
  }

  toValue(): ErrorValue {
    return {
      code: this.code,
      place: this.place,
      retry: this.retry,
      params: { ...this.params },
      ...(this.detail === undefined ? {} : { detail: this.detail.slice(0, 8000) }),
    };
  }
}
