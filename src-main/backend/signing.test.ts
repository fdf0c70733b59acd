import { describe, expect, it } from 'vitest';
import { authorization, type SigningInput, signature, stringToSign } from './signing.ts';

/** Vectors V1 to V4 of the API reference, section 1.5 (dummy keys). */
const accessKey = 'AKIAIOSFODNN7EXAMPLE';
const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

const v1: SigningInput = {
  method: 'GET',
  target: '/folders?group_id=7a1b3c4d-0000-4000-8000-123456789abc',
  date: '2026-01-15T03:04:05.678Z',
  host: 'api.example.com',
  contentType: 'application/json',
  apiVersion: 'v8.20240915',
};

describe('signing', () => {
  it('V1: GET with query', () => {
    expect(stringToSign(v1)).toBe(
      [
        'GET',
        '/folders?group_id=7a1b3c4d-0000-4000-8000-123456789abc',
        '2026-01-15T03:04:05.678Z',
        'host:api.example.com',
        'content-type:application/json',
        'x-backendai-version:v8.20240915',
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      ].join('\n'),
    );
    expect(signature(secretKey, v1)).toBe('14564d20dc38725955fae7bdf5417000a1dfac87349366fbdfcfd8d47df2a706');
    expect(authorization(accessKey, secretKey, v1)).toBe(
      'BackendAI signMethod=HMAC-SHA256, credential=AKIAIOSFODNN7EXAMPLE:14564d20dc38725955fae7bdf5417000a1dfac87349366fbdfcfd8d47df2a706',
    );
  });

  it('V2: the key date is the one written, and parameters of the content type are dropped', () => {
    expect(
      signature(secretKey, {
        method: 'POST',
        target: '/session',
        date: '2026-01-15T00:30:00+09:00',
        host: 'api.example.com',
        contentType: 'Application/JSON; charset=utf-8',
        apiVersion: 'v6.20220615',
      }),
    ).toBe('d0efc298e89b11ff640c2e3b400d3c70bed3ab6f26ece1ff8bc09cffb3df021e');
  });

  it('V3: WebSocket handshake on a port of its own', () => {
    expect(
      signature(secretKey, {
        method: 'get',
        target: '/stream/session/3f0c2d6e-1b2a-4c3d-9e8f-001122334455/tcpproxy?app=jupyter',
        date: '2026-08-23T23:59:59.000Z',
        host: '127.0.0.1:8091',
        contentType: 'application/octet-stream',
        apiVersion: 'v9.20250722',
      }),
    ).toBe('bd9222a216969c5a07c77d92ed37830a2d4fc59aff2e549e54aa0d8a381ca328');
  });

  it('V4: multipart is signed without its boundary', () => {
    expect(
      signature(secretKey, {
        ...v1,
        method: 'POST',
        target: '/session/my-session/upload',
        contentType: 'multipart/form-data; boundary=xyz',
      }),
    ).toBe('29187b577c10a97cf87c10e92ae4f60eadc626e86894f26c1fe85f2547505d56');
  });
});
