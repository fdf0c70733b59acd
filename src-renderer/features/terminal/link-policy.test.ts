import { describe, expect, it } from 'vitest';
import { linkTarget } from './link-policy.ts';

describe('a link of a terminal', () => {
  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'berth://open?x',
    'ssh://host',
    'data:text/html,x',
    'no address',
    '',
  ])('%s is not opened', (text) => expect(linkTarget(text)).toBeNull());
  it('shows where it leads', () => {
    expect(linkTarget('https://example.org/a b')).toBe('https://example.org/a%20b');
    expect(linkTarget('https://аpple.com/')).toBe('https://xn--pple-43d.com/');
    expect(linkTarget('mailto:a@example.org')).toBe('mailto:a@example.org');
    expect(linkTarget(`https://example.org/${'x'.repeat(5000)}`)).toBeNull();
  });
});
