import { describe, expect, it } from 'vitest';
import { maxHeaders, pathOf, type RequestShape, refusalOf } from './request-shape.ts';

function status(shape: Partial<RequestShape>): number | null {
  const whole = { method: 'GET', target: '/', rawHeaders: ['Host', 'a'], isHttp10: false, isUpgrade: false, ...shape };
  return refusalOf(whole)?.status ?? null;
}

describe('request shape', () => {
  it('refuses TRACE and CONNECT', () => {
    for (const method of ['TRACE', 'CONNECT', 'TRACK']) expect(status({ method }), method).toBe(405);
    for (const method of ['GET', 'PUT', 'PROPFIND', 'OPTIONS']) expect(status({ method }), method).toBeNull();
  });

  it('bounds the number of headers', () => {
    const headers = (count: number) => Array.from({ length: count }, () => ['X', '1']).flat();
    expect(status({ rawHeaders: headers(maxHeaders) })).toBeNull();
    expect(status({ rawHeaders: headers(maxHeaders + 1) })).toBe(431);
  });

  it('refuses targets that are no path', () => {
    for (const target of ['http://127.0.0.1:1/x', 'HTTPS://evil.example/', '*', 'evil.example:443', '', 'x/y']) {
      expect(status({ target }), target).toBe(400);
    }
    expect(status({ target: '//evil.example/x' })).toBeNull();
    expect(status({ target: '/x?y=http://z/' })).toBeNull();
    expect(pathOf('/x?y#z')).toBe('/x');
  });

  it('refuses bodies that can be framed in two ways', () => {
    const post = (rawHeaders: string[], isHttp10 = false) => status({ method: 'POST', rawHeaders, isHttp10 });
    expect(post(['Transfer-Encoding', 'chunked'])).toBeNull();
    expect(post(['transfer-encoding', ' Chunked '])).toBeNull();
    expect(post(['Content-Length', '5'])).toBeNull();
    expect(post(['Transfer-Encoding', 'chunked', 'Content-Length', '5'])).toBe(400);
    expect(post(['Transfer-Encoding', 'gzip, chunked'])).toBe(400);
    expect(post(['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'])).toBe(400);
    expect(post(['Transfer-Encoding', 'identity'])).toBe(400);
    expect(post(['Transfer-Encoding', ''])).toBe(400);
    expect(post(['Transfer-Encoding', 'chunked'], true)).toBe(400);
  });

  it('refuses a WebSocket that brings a body', () => {
    expect(status({ isUpgrade: true })).toBeNull();
    expect(status({ isUpgrade: true, rawHeaders: ['Content-Length', '0'] })).toBeNull();
    expect(status({ isUpgrade: true, rawHeaders: ['Content-Length', '5'] })).toBe(400);
    expect(status({ isUpgrade: true, rawHeaders: ['Transfer-Encoding', 'chunked'] })).toBe(400);
  });
});
