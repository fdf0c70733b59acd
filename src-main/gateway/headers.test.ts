import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passedTrailers, requestHeaders, responseHeaders, rewriteLocation, rewriteSetCookie } from './headers.ts';
import { cookieName } from './request-policy.ts';

const ends = { origin: 'http://abc.localhost:4000', upstreamPort: 8081 };

describe('request headers', () => {
  it('name the service as the browser would on its own address', () => {
    expect(
      requestHeaders(
        {
          host: ['abc.localhost:4000'],
          origin: ['http://abc.localhost:4000'],
          referer: ['http://abc.localhost:4000/tree?a=1'],
          'user-agent': ['x'],
          accept: ['a', 'b'],
        },
        ends,
      ),
    ).toEqual({
      host: '127.0.0.1:8081',
      origin: 'http://127.0.0.1:8081',
      referer: 'http://127.0.0.1:8081/tree?a=1',
      'user-agent': 'x',
      accept: ['a', 'b'],
    });
  });

  it('drop a foreign referer and what belongs to one hop', () => {
    expect(
      requestHeaders(
        {
          referer: ['http://abc.localhost:4000.evil.example/'],
          connection: ['keep-alive, X-Hop'],
          'x-hop': ['1'],
          'keep-alive': ['1'],
          te: ['trailers'],
          'transfer-encoding': ['chunked'],
          upgrade: ['h2c'],
          'proxy-authorization': ['x'],
          expect: ['100-continue'],
        },
        ends,
      ),
    ).toEqual({ host: '127.0.0.1:8081' });
  });

  it('strips its own cookie', () => {
    const cookies = (text: string) => requestHeaders({ cookie: [text] }, ends).cookie;
    expect(cookies(`${cookieName}=secret`)).toBeUndefined();
    expect(cookies(`a=1; ${cookieName}=secret; b=2`)).toBe('a=1; b=2');
    expect(cookies(`${cookieName}=one;${cookieName} = two;c=d=e`)).toBe('c=d=e');
    expect(requestHeaders({ cookie: ['a=1', `${cookieName}=secret`] }, ends).cookie).toBe('a=1');
  });

  it('strips its own cookie wherever it stands', () => {
    const other = fc.stringMatching(/^[a-z]{1,5}=[a-zA-Z0-9"=]{0,8}$/);
    fc.assert(
      fc.property(fc.array(other, { maxLength: 6 }), fc.nat(6), (others, at) => {
        const all = [...others];
        all.splice(at, 0, `${cookieName}=SECRET`);
        const result = requestHeaders({ cookie: [all.join('; ')] }, ends).cookie ?? '';
        expect(result).toBe(others.join('; '));
      }),
    );
  });
});

describe('response headers', () => {
  it('makes cookies host-only', () => {
    expect(rewriteSetCookie('a=1; Domain=localhost; Path=/', ends)).toBe('a=1; Path=/');
    expect(rewriteSetCookie('a=1;DOMAIN = .localhost;HttpOnly', ends)).toBe('a=1;HttpOnly');
    expect(rewriteSetCookie('a=domain=x; Path=/domain', ends)).toBe('a=domain=x; Path=/domain');
  });

  it('keeps services from setting its cookie', () => {
    expect(rewriteSetCookie(`${cookieName}=x; Path=/`, ends)).toBeNull();
    expect(rewriteSetCookie(` ${cookieName} =x`, ends)).toBeNull();
    expect(rewriteSetCookie('x-berth-gate=1', ends)).toBe('x-berth-gate=1');
  });

  it('brings redirects back', () => {
    const own = (location: string) => rewriteLocation(location, ends);
    expect(own('/lab?x=1#y')).toBe('/lab?x=1#y');
    expect(own('lab')).toBe('lab');
    expect(own('http://127.0.0.1:8081/lab?x=1#y')).toBe('http://abc.localhost:4000/lab?x=1#y');
    expect(own('//localhost:8081/lab')).toBe('http://abc.localhost:4000/lab');
    expect(own('http://127.0.0.1:9999/lab')).toBe('http://127.0.0.1:9999/lab');
    expect(own('https://example.com/')).toBe('https://example.com/');
  });

  it('brings refreshes back', () => {
    const refresh = (value: string) => responseHeaders(['Refresh', value], ends)[1];
    expect(refresh('3; url=http://127.0.0.1:8081/lab')).toBe('3; url=http://abc.localhost:4000/lab');
    expect(refresh('0;URL="http://localhost:8081/a?b"')).toBe('0;URL="http://abc.localhost:4000/a?b"');
    expect(refresh('5')).toBe('5');
    expect(refresh('0; url=/next')).toBe('0; url=/next');
  });

  it('keeps services from speaking for the browser', () => {
    const headers = [
      ['Alt-Svc', 'h3=":443"'],
      ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains; preload'],
      ['Public-Key-Pins', 'x'],
      ['Expect-CT', 'x'],
      ['Clear-Site-Data', '"cookies", "storage"'],
      ['NEL', '{}'],
      ['Report-To', '{}'],
      ['Reporting-Endpoints', 'a="https://evil.example/"'],
      ['Service-Worker-Allowed', '/'],
    ].flat();
    expect(responseHeaders([...headers, 'ETag', 'x'], ends)).toEqual(['ETag', 'x', 'Referrer-Policy', 'same-origin']);
    expect(responseHeaders(headers, ends, true)).toEqual([]);
  });

  it('lets no header in as a trailer', () => {
    expect(
      passedTrailers([
        'X-Checksum',
        'abc',
        'Host',
        'evil.example',
        'COOKIE',
        'a=1',
        'Origin',
        'null',
        'Content-Length',
        '5',
        'Transfer-Encoding',
        'chunked',
        'Set-Cookie',
        'berth-gate=x',
        'Clear-Site-Data',
        '*',
        'Connection',
        'x',
      ]),
    ).toEqual([['X-Checksum', 'abc']]);
  });

  it('frames anew and adds no access for other origins', () => {
    expect(
      responseHeaders(['Connection', 'x-hop', 'X-Hop', '1', 'Transfer-Encoding', 'chunked', 'ETag', 'x'], ends),
    ).toEqual(['ETag', 'x', 'Referrer-Policy', 'same-origin']);
    expect(responseHeaders(['referrer-policy', 'no-referrer'], ends)).toEqual(['referrer-policy', 'no-referrer']);
    expect(
      responseHeaders(['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', 'x'], ends, true),
    ).toEqual(['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', 'x']);
  });
});

describe('through an app proxy', () => {
  const circuit = {
    origin: 'https://worker.lab:10205',
    cookie: 'appproxy_permit="c2VjcmV0"',
    cookieName: 'appproxy_permit',
  };
  const through = { ...ends, circuit };

  it('requests name its address and show the permit', () => {
    expect(
      requestHeaders(
        {
          host: ['abc.localhost:4000'],
          origin: ['http://abc.localhost:4000'],
          referer: ['http://abc.localhost:4000/lab'],
          cookie: [`${cookieName}=ours; a=1; appproxy_permit=forged`],
        },
        through,
      ),
    ).toEqual({
      host: 'worker.lab:10205',
      origin: 'https://worker.lab:10205',
      referer: 'https://worker.lab:10205/lab',
      cookie: 'a=1; appproxy_permit="c2VjcmV0"',
    });
    expect(requestHeaders({}, { ...ends, circuit: { ...circuit, cookie: null } })).toEqual({
      host: 'worker.lab:10205',
    });
  });

  it('keeps the permit of an app proxy', () => {
    expect(rewriteSetCookie('appproxy_permit="c2VjcmV0"; Path=/', through)).toBeNull();
    expect(rewriteSetCookie('appproxy_permit=x', ends)).toBe('appproxy_permit=x');
    const raw = [
      'Set-Cookie',
      'appproxy_permit=x',
      'Access-Control-Allow-Origin',
      '*',
      'Set-Cookie',
      'a=1',
      'Referrer-Policy',
      'origin',
    ];
    expect(responseHeaders(raw, through)).toEqual(['Set-Cookie', 'a=1', 'Referrer-Policy', 'origin']);
    expect(responseHeaders(raw, through, true)).toEqual(['Set-Cookie', 'a=1', 'Referrer-Policy', 'origin']);
  });

  it('redirects within the app stay in the window', () => {
    expect(rewriteLocation('https://worker.lab:10205/lab?a#b', through)).toBe('http://abc.localhost:4000/lab?a#b');
    expect(rewriteLocation('https://worker.lab:10206/lab', through)).toBe('https://worker.lab:10206/lab');
    expect(rewriteLocation('/lab', through)).toBe('/lab');
  });
});
