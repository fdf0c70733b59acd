import { describe, expect, it } from 'vitest';
import type { Account, Site } from '../../src-preload/contract/sites.ts';
import { accountForLink } from './link-target-policy.ts';

const account = (id: string, state: Account['state'] = 'signed-in') => ({ id, state }) as Account;
const site = (endpoint: string, accounts: Account[], isSandbox = false) => ({ endpoint, isSandbox, accounts }) as Site;
const link = (name: string) => ({ site: name, sessionId: '5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13' });

const sites = [
  site('https://lab-a.example.org', [account('a-out', 'signed-out'), account('a-kim'), account('a-lee')]),
  site('https://lab-b.example.org', [account('b-kim', 'unreachable')]),
  site('https://lab-c.example.org', []),
  site('https://lab-a.example.org:8443', [account('other-port')]),
  site('http://127.0.0.1:5000', [account('box')], true),
];

describe('the account that shows a link', () => {
  it.each([
    ['lab-a.example.org', 'a-lee', 'a-lee'],
    ['lab-a.example.org', 'b-kim', 'a-kim'],
    ['lab-a.example.org', null, 'a-kim'],
    ['lab-b.example.org', 'a-kim', 'b-kim'],
    ['lab-a.example.org:8443', 'a-kim', 'other-port'],
    ['sandbox', 'a-kim', 'box'],
    // A site without an account, one that nobody here knows, and the sandbox by the address that it has today.
    ['lab-c.example.org', 'a-kim', null],
    ['evil.example.org', 'a-kim', null],
    ['127.0.0.1:5000', 'a-kim', null],
    ['lab-a.example', 'a-kim', null],
  ])('of %s, with %s on screen: %s', (name, current, wanted) => {
    expect(accountForLink(sites, link(name), current)).toBe(wanted);
  });
});
