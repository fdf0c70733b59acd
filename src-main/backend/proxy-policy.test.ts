import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BerthError } from '../base/berth-error.ts';
import { isExempt, parseProxy, proxyFor } from './proxy-policy.ts';

const environment = { kind: 'environment' } as const;

describe('proxyFor', () => {
  it.each([
    ['https://a.example', { https_proxy: 'http://p:1' }, 'p:1'],
    ['wss://a.example', { https_proxy: 'http://p:1' }, 'p:1'],
    ['http://a.example', { https_proxy: 'http://p:1' }, null],
    ['http://a.example', { HTTP_PROXY: 'p:1' }, 'p:1'],
    ['https://a.example', { all_proxy: 'p:1' }, 'p:1'],
    ['https://a.example', { ALL_PROXY: 'p:1', HTTPS_PROXY: 'q:2' }, 'q:2'],
    ['https://a.example', { https_proxy: 'p:1', HTTPS_PROXY: 'q:2' }, 'p:1'],
    ['https://a.example', { https_proxy: 'http://p' }, 'p:80'],
    ['https://a.example', { https_proxy: 'https://p' }, 'p:443'],
    ['https://a.example', { https_proxy: 'p:1', no_proxy: 'example' }, null],
    ['http://localhost:8090', { http_proxy: 'p:1' }, null],
    ['http://127.0.0.1:8090', { http_proxy: 'p:1' }, null],
    ['http://x.localhost', { http_proxy: 'p:1' }, null],
    ['http://[::1]:1', { http_proxy: 'p:1' }, null],
    ['https://a.example', {}, null],
  ])('%s with %j -> %s', (url, variables, expected) => {
    const proxy = proxyFor(new URL(url), environment, variables);
    expect(proxy === null ? null : `${proxy.host}:${proxy.port}`).toBe(expected);
  });

  it('obeys the setting before the environment', () => {
    const url = new URL('http://127.0.0.1:8090');
    const variables = { http_proxy: 'p:1' };
    expect(proxyFor(url, { kind: 'none' }, variables)).toBeNull();
    expect(proxyFor(url, { kind: 'address', address: 'q:2', user: 'me', password: 's' }, variables)).toMatchObject({
      host: 'q',
      port: 2,
      authorization: `Basic ${Buffer.from('me:s').toString('base64')}`,
    });
  });

  it('reads credentials from the address, and refuses what is no HTTP proxy', () => {
    expect(parseProxy('http://me:a%40b@p:3128', '', null).authorization).toBe(
      `Basic ${Buffer.from('me:a@b').toString('base64')}`,
    );
    for (const text of ['socks5://p:1080', 'http://', 'a b']) {
      expect(() => parseProxy(text, '', null)).toThrow(expect.objectContaining({ code: 'proxy' }));
    }
  });

  it('answers or throws a BerthError, whatever the variables hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (https_proxy, no_proxy) => {
        try {
          proxyFor(new URL('https://a.example:8443'), environment, { https_proxy, no_proxy });
        } catch (error) {
          expect(error).toBeInstanceOf(BerthError);
        }
      }),
    );
  });
});

describe('isExempt', () => {
  it.each([
    ['https://a.example', '*', true],
    ['https://a.example', 'b.example, a.example', true],
    ['https://a.example', 'b.example a.example', true],
    ['https://a.example', '.example', true],
    ['https://a.example', '*.example', true],
    ['https://example', '.example', true],
    ['https://aexample', 'example', false],
    ['https://a.example', 'a.example:443', true],
    ['https://a.example:8443', 'a.example:443', false],
    ['http://a.example', 'a.example:80', true],
    ['https://A.Example.', 'a.example', true],
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3:8443', '10.1.2.3:8443', true],
    ['https://10.1.2.3', '2.3', false],
    ['https://[fd00::1]', 'fd00::/8', true],
    ['https://[fd00::1]', '[fd00::1]', true],
    ['https://[fe80::1]', 'fd00::/8', false],
    ['https://a.example', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.0.0.0/99', false],
    ['https://a.example', '', false],
  ])('%s in %j: %s', (url, list, expected) => {
    expect(isExempt(new URL(url), list)).toBe(expected);
  });
});
