import { describe, expect, it } from 'vitest';
import { isGatewayAddress } from './address-policy.ts';

describe('isGatewayAddress', () => {
  it('takes the gateway’s own', () => {
    expect(isGatewayAddress('http://k3j9x2.localhost:43117/#token')).toBe(true);
  });
  it.each([
    'javascript:alert(1)//.localhost',
    'javascript://a.localhost/%0aalert(1)',
    'https://a.localhost/',
    'data:text/html,.localhost',
    'file:///etc/passwd',
    'https://evil.example/.localhost',
    'http://localhost.evil.example/',
    'http://me:secret@a.localhost/',
    'http://a.localhost@evil.example/',
    '/terminal',
    '',
  ])('refuses %j', (address) => {
    expect(isGatewayAddress(address)).toBe(false);
  });
});
