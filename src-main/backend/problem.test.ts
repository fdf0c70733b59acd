import { describe, expect, it } from 'vitest';
import { parseProblem, problemError } from './problem.ts';

function problem(slug: string, more: Record<string, unknown> = {}): Buffer {
  return Buffer.from(JSON.stringify({ type: `https://api.backend.ai/probs/${slug}`, title: 'A title', ...more }));
}

describe('problemError', () => {
  it.each([
    [400, 'invalid-auth-params', 'clock-skew', 'computer'],
    [401, 'auth-failed', 'unauthorised', 'manager'],
    [403, 'generic-forbidden', 'forbidden', 'manager'],
    [403, 'insufficient-privilege', 'forbidden', 'manager'],
    [400, 'invalid-api-params', 'refused-by-site', 'manager'],
    [400, 'generic-bad-request', 'refused-by-site', 'manager'],
    [404, 'object-not-found', 'not-found', 'manager'],
    [404, 'url-not-found', 'unsupported', 'manager'],
    [405, 'method-not-allowed', 'unsupported', 'manager'],
    [400, 'deprecated', 'unsupported', 'manager'],
    [400, 'session-already-exists', 'name-taken', 'manager'],
    [412, 'quota-exceeded', 'quota', 'manager'],
    [400, 'quota-exceeded', 'quota', 'manager'],
    [501, 'not-implemented', 'unsupported', 'manager'],
    [400, 'not-implemented', 'unsupported', 'manager'],
    [503, 'server-frozen', 'maintenance', 'manager'],
    [500, 'app-service-start-failed', 'service-failed', 'container'],
    [500, 'internal-server-error', 'server-error', 'manager'],
    [500, 'kernel-creation-failed', 'server-error', 'agent'],
    [429, 'rate-limit-exceeded', 'rate-limited', 'manager'],
    [502, 'bad-gateway', 'server-error', 'site'],
    [409, 'a-slug-of-next-year', 'refused-by-site', 'manager'],
    [418, 'a-slug-of-next-year', 'bad-answer', 'site'],
    [599, 'a-slug-of-next-year', 'server-error', 'manager'],
  ])('%i %s -> %s at %s', (status, slug, code, place) => {
    const error = problemError(status, problem(slug));
    expect([error.code, error.place]).toEqual([code, place]);
    expect(error.params).toEqual({ status, slug });
  });

  it.each([
    [401, 'unauthorised', 'manager'],
    [403, 'forbidden', 'proxy'],
    [404, 'not-found', 'proxy'],
    [502, 'server-error', 'proxy'],
    [503, 'maintenance', 'proxy'],
    [504, 'timeout', 'proxy'],
    [500, 'server-error', 'proxy'],
  ])('HTML with %i -> %s at %s, without its text', (status, code, place) => {
    const error = problemError(status, Buffer.from('<html><h1>502 Bad Gateway</h1>auth-failed</html>'));
    expect([error.code, error.place, error.detail]).toEqual([code, place, undefined]);
  });

  it('shows msg before title, then the fields of data', () => {
    const body = problem('invalid-api-params', { msg: 'Missing or invalid', data: { name: 'is required', age: 3 } });
    expect(problemError(400, body).detail).toBe('Missing or invalid\nname: is required\nage: 3');
    expect(problemError(400, problem('x')).detail).toBe('A title');
    expect(problemError(500, problem('internal-server-error', { data: 'timeout' })).detail).toBe('A title\ntimeout');
  });

  it('never looks at texts', () => {
    const body = problem('generic-bad-request', { title: 'Signature mismatch', msg: 'quota-exceeded' });
    expect(problemError(400, body).code).toBe('refused-by-site');
  });

  it('reads cut-off and odd bodies as no problem document', () => {
    for (const text of ['', '{"type":"https://api.ba', '[]', '"text"', '{"title":"x"}', 'null']) {
      expect(parseProblem(Buffer.from(text))).toBeNull();
    }
  });
});
