import { describe, expect, it } from 'vitest';
import { parseSiteConfig } from '../backend/site-config.ts';
import { featuresOf } from '../backend/version-gates.ts';
import { mayCommit, showsAgents } from './session-rules.ts';

const old = featuresOf('23.09.11');
const current = featuresOf('25.15.12');
const on = parseSiteConfig('[general]\nenableContainerCommit = true\nhideAgents = false\n');
const silent = parseSiteConfig('[general]\n');

describe('what a site lets an account do with sessions', () => {
  it('offers to save them as images where the site says so, or says nothing because it has no webserver', () => {
    expect(mayCommit(on, current)).toBe('offered');
    expect(mayCommit(null, current)).toBe('offered');
    // A site that publishes its configuration without the flag has not switched it on.
    expect(mayCommit(silent, current)).toBe('off');
    expect(mayCommit(on, old)).toBe('unsupported');
    expect(mayCommit(null, old)).toBe('unsupported');
  });

  it('names machines where the site does not hide them, and to superadmins always', () => {
    expect(showsAgents(on, 'user')).toBe(true);
    expect(showsAgents(silent, 'admin')).toBe(false);
    expect(showsAgents(silent, 'superadmin')).toBe(true);
    expect(showsAgents(null, 'user')).toBe(true);
  });
});
