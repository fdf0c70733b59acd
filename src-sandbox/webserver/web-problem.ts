/**
 * A refusal of the webserver itself: problem+json as a manager's, but without `msg`.
 */
export class WebProblem extends Error {
  override readonly name = 'WebProblem';
  readonly status: number;
  private readonly slug: string;
  private readonly details: string | undefined;

  constructor(status: number, slug: string, title: string, details?: string) {
    super(title);
    this.status = status;
    this.slug = slug;
    this.details = details;
  }

  toJSON(): Record<string, unknown> {
    return {
      type: `https://api.backend.ai/probs/${this.slug}`,
      title: this.message,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

export const notSignedIn = (): WebProblem => new WebProblem(401, 'auth-failed', 'Unauthorized access');

/** Whatever goes wrong on the way to the manager before an answer stands. */
export const unreachable = (): WebProblem =>
  new WebProblem(502, 'bad-gateway', 'The proxy target server is inaccessible.');
