/**
 * The test vectors of the protocol reference (API reference, section 1.5) and the reading of headers.
 */
import { describe, expect, it } from 'vitest';
import { bareMime, readAuthorization, readDate, sign } from './signature.ts';

const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const v1 = {
  method: 'GET',
  target: '/folders?group_id=7a1b3c4d-0000-4000-8000-123456789abc',
  date: '2026-01-15T03:04:05.678Z',
  host: 'api.example.com',
  contentType: 'application/json',
  version: 'v8.20240915',
};

function signatureOf(parts: typeof v1): string {
  return sign(parts, secretKey, readDate(parts.date)?.digits ?? '');
}

describe('signature', () => {
  it('V1: GET with query, JSON content type, UTC date', () => {
    expect(signatureOf(v1)).toBe('14564d20dc38725955fae7bdf5417000a1dfac87349366fbdfcfd8d47df2a706');
  });

  it('V2: POST, zone offset, charset parameter', () => {
    const parts = {
      ...v1,
      method: 'POST',
      target: '/session',
      date: '2026-01-15T00:30:00+09:00',
      contentType: bareMime('application/json; charset=utf-8'),
      version: 'v6.20220615',
    };
    expect(signatureOf(parts)).toBe('d0efc298e89b11ff640c2e3b400d3c70bed3ab6f26ece1ff8bc09cffb3df021e');
  });

  it('V3: WebSocket handshake, other port, no content type', () => {
    const parts = {
      method: 'GET',
      target: '/stream/session/3f0c2d6e-1b2a-4c3d-9e8f-001122334455/tcpproxy?app=jupyter',
      date: '2026-08-23T23:59:59.000Z',
      host: '127.0.0.1:8091',
      contentType: bareMime(undefined),
      version: 'v9.20250722',
    };
    expect(signatureOf(parts)).toBe('bd9222a216969c5a07c77d92ed37830a2d4fc59aff2e549e54aa0d8a381ca328');
  });

  it('V4: multipart upload, boundary not signed', () => {
    const contentType = bareMime('multipart/form-data; boundary=----x');
    const parts = { ...v1, method: 'POST', target: '/session/my-session/upload', contentType };
    expect(signatureOf(parts)).toBe('29187b577c10a97cf87c10e92ae4f60eadc626e86894f26c1fe85f2547505d56');
  });
});

describe('date header', () => {
  it('takes the calendar date in the zone in which it is written', () => {
    expect(readDate('2026-01-15T00:30:00+09:00')).toEqual({
      epochMs: Date.parse('2026-01-14T15:30:00Z'),
      digits: '20260115',
    });
  });

  it('reads a date without a zone as UTC, and RFC 1123', () => {
    expect(readDate('2026-01-15T03:04:05')?.epochMs).toBe(Date.parse('2026-01-15T03:04:05Z'));
    expect(readDate('Thu, 15 Jan 2026 03:04:05 GMT')).toEqual({
      epochMs: Date.parse('2026-01-15T03:04:05Z'),
      digits: '20260115',
    });
  });

  it.each(['', 'yesterday', '2026-13-45T00:00:00Z'])('refuses %j', (text) => {
    expect(readDate(text)).toBeNull();
  });
});

describe('authorization header', () => {
  it('reads scheme, method and credential', () => {
    expect(readAuthorization('BackendAI signMethod=HMAC-SHA256, credential=AKIA:abc')).toEqual({
      hash: 'sha256',
      accessKey: 'AKIA',
      signature: 'abc',
    });
  });

  it.each([
    'Basic dXNlcjpwYXNz',
    'BackendAI signMethod=HMAC-SHA256',
    'BackendAI signMethod=HMAC-ROT13, credential=AKIA:abc',
    'BackendAI credential=AKIA:abc',
    'BackendAI signMethod=HMAC-SHA256, credential=AKIA',
  ])('refuses %j', (header) => {
    expect(readAuthorization(header)).toBeNull();
  });
});
