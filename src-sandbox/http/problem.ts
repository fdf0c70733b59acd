/**
 * Refusals in the shape of a manager: `application/problem+json` with a slug that clients branch on.
 */

export interface ProblemOptions {
  readonly msg?: string;
  readonly data?: unknown;
  readonly title?: string;
}

/** An answer that is a refusal. Thrown anywhere below a route, written by the HTTP server. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly slug: string;
  readonly title: string;
  readonly msg: string | undefined;
  readonly data: unknown;

  constructor(status: number, slug: string, title: string, options: ProblemOptions = {}) {
    super(options.msg ?? title);
    this.status = status;
    this.slug = slug;
    this.title = options.title ?? title;
    this.msg = options.msg;
    this.data = options.data;
  }

  /** The JSON text of the answer; `data` is left out when there is none, as a manager does. */
  toJSON(): Record<string, unknown> {
    return {
      type: `https://api.backend.ai/probs/${this.slug}`,
      title: this.title,
      ...(this.msg === undefined ? {} : { msg: this.msg }),
      ...(this.data === undefined ? {} : { data: this.data }),
    };
  }
}

export const badParameters = (msg: string, data?: unknown): Problem =>
  new Problem(400, 'invalid-api-params', 'Missing or invalid API parameters.', { msg, data });

/** The answer to a body whose fields do not validate; `fields` maps each wrong field to a sentence. */
export const badFields = (fields: Readonly<Record<string, unknown>>): Problem =>
  badParameters('Input validation error', fields);

export const badAuthParameters = (msg: string): Problem =>
  new Problem(400, 'invalid-auth-params', 'Missing or invalid authorization parameters.', { msg });

export const authFailed = (msg: string, title?: string): Problem =>
  new Problem(401, 'auth-failed', 'Credential/signature mismatch.', title === undefined ? { msg } : { msg, title });

export const badRequest = (msg: string): Problem => new Problem(400, 'generic-bad-request', 'Bad request.', { msg });

export const notFound = (what: string, msg?: string): Problem =>
  new Problem(404, 'object-not-found', `No such ${what}.`, msg === undefined ? {} : { msg });

export const unknownUrl = (): Problem => new Problem(404, 'url-not-found', 'Unknown URL path.');

export const forbidden = (msg: string): Problem =>
  new Problem(403, 'generic-forbidden', 'Forbidden operation.', { msg });

export const serverError = (msg: string, data?: unknown): Problem =>
  new Problem(500, 'internal-server-error', 'Internal server error.', { msg, data });
