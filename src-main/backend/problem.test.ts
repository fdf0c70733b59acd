import { describe, expect, it } from 'vitest';
import { situationOf, situations } from '../../src-preload/contract/errors.ts';
import { bySlug, parseProblem, problemError } from './problem.ts';

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
    [418, 'a-slug-of-next-year', 'refused-by-site', 'manager'],
    [599, 'a-slug-of-next-year', 'server-error', 'manager'],
  ])('%i %s -> %s at %s', (status, slug, code, place) => {
    const error = problemError(status, problem(slug));
    expect([error.code, error.place]).toEqual([code, place]);
    expect(error.params).toMatchObject({ status, slug });
  });

  it('has a sentence in both languages for every slug, by a situation of the contract', () => {
    expect(Object.keys(bySlug).length).toBeGreaterThan(45);
    for (const [slug, { code, reason }] of Object.entries(bySlug)) {
      const exact = reason === undefined ? code : `${code}.${reason}`;
      expect(situations, slug).toContain(exact);
      expect(situationOf(problemError(400, problem(slug)))).toBe(exact);
    }
  });

  it('knows every type of the reference', () => {
    // API reference, sections 2.3 and 9.2, and tunnels reference, section 1.6, in their order.
    const met = `auth-failed password-expired rejected-by-hook require-totp-registration require-totp-authentication
      active-login-session-exists login-session-expired login-blocked invalid-api-params generic-bad-request
      too-many-requests bad-gateway invalid-auth-params insufficient-privilege generic-forbidden permission-denied
      keypair-forbidden object-not-found session-not-found url-not-found too-many-sessions-matched
      session-already-exists quota-exceeded session-invalid-state no-available-scaling-group kernel-not-ready deprecated
      graphql-error method-not-allowed kernel-creation-failed kernel-destruction-failed kernel-restart-failed
      kernel-execution-failed internal-server-error app-service-start-failed not-implemented service-unavailable
      server-frozen instance-not-available vfolder-already-exists vfolder-operation-failed vfolder-permission-error
      vfolder-filter-status-failed vfolder-filter-status-not-available vfolder-creation-failed
      storage-permission-not-allowed vfolder-invitation-not-found too-many-vfolders vfolder-grant-already-exists
      vfolder-gone storage-proxy-error bgtask-not-found rate-limit-exceeded`.split(/\s+/);
    expect(met.filter((slug) => bySlug[slug] === undefined)).toEqual([]);
  });

  it.each([
    [401, 'intercepted', 'login'],
    [403, 'forbidden', undefined],
    // Never `not-found`: a session would be taken for ended because a proxy has lost its way.
    [404, 'intercepted', 'page'],
    [502, 'server-error', 'bad-gateway'],
    [503, 'maintenance', undefined],
    [504, 'timeout', 'silent'],
    [500, 'server-error', undefined],
    [511, 'intercepted', 'page'],
  ])('HTML with %i -> %s (%s) of a proxy, without its text', (status, code, reason) => {
    const error = problemError(status, Buffer.from('<html><h1>502 Bad Gateway</h1>auth-failed</html>'));
    expect([error.code, error.place, error.params.reason, error.detail]).toEqual([code, 'proxy', reason, undefined]);
  });

  it.each([
    ['https://portal.example.net/login?from=x', 'redirect', 'portal.example.net'],
    ['https://api.example.com/auth/role', 'https', 'api.example.com'],
    ['/sso/login', 'login', 'api.example.com'],
  ])('tells a redirect to %s apart: %s', (location, reason, to) => {
    const url = new URL('http://api.example.com/auth/role');
    const error = problemError(302, Buffer.alloc(0), { headers: { location }, url });
    expect(error).toMatchObject({
      code: 'intercepted',
      place: 'proxy',
      params: { reason, to, host: 'api.example.com' },
    });
    expect(JSON.stringify(error.params)).not.toContain('from=x');
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
