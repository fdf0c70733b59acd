import { describe, expect, it, vi } from 'vitest';
import { SessionLinks } from './session-links.ts';

const link = 'berth://session?site=lab-a.example.org&id=5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13';

describe('a link from outside', () => {
  it('is told to windows and given to one, once', async () => {
    const emit = vi.fn();
    const links = new SessionLinks(emit);
    const take = () => links.handlers().takeRequested(undefined, { signal: new AbortController().signal });
    expect(await take()).toBeNull();
    links.request(link);
    expect(emit).toHaveBeenCalledExactlyOnceWith('sessionLinks', 'requested', {});
    expect(await take()).toEqual({ site: 'lab-a.example.org', sessionId: '5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13' });
    expect(await take()).toBeNull();
  });

  it('that is none leaves the one before, and is refused', async () => {
    const emit = vi.fn();
    const links = new SessionLinks(emit);
    expect(() => links.request(`${link}&terminate=1`)).toThrow(expect.objectContaining({ code: 'link-invalid' }));
    expect(emit).not.toHaveBeenCalled();
  });
});
