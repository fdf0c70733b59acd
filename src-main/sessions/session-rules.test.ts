import { describe, expect, it } from 'vitest';
import { parseSiteConfig } from '../backend/site-config.ts';
import { featuresOf } from '../backend/version-gates.ts';
import { mayCommit, showsAgents, tellsAudit } from './session-rules.ts';

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

  it('tells what was asked of a session to superadmins from 25.6 on, to everybody from 26.4.4 on', () => {
    const told = (role: string) =>
      ['25.5.9', '25.6.0', '26.4.3', '26.4.4'].map((manager) => tellsAudit(role, featuresOf(manager)));
    expect(told('user')).toEqual([false, false, false, true]);
    expect(told('admin')).toEqual([false, false, false, true]);
    expect(told('superadmin')).toEqual([false, true, true, true]);
  });

  it('names machines where the site does not hide them, and to superadmins always', () => {
    expect(showsAgents(on, 'user')).toBe(true);
    expect(showsAgents(silent, 'admin')).toBe(false);
    expect(showsAgents(silent, 'superadmin')).toBe(true);
    expect(showsAgents(null, 'user')).toBe(true);
  });
});
