import { describe, expect, it } from 'vitest';
import type { StatusFamily } from '../../../src-preload/contract/sessions.ts';
import { isOthers, possible } from './action-policy.ts';

const at = (status: string, family: StatusFamily, type = 'interactive') => possible({ status, family, type });

describe('possible', () => {
  it('lets in to what runs, degraded too', () => {
    expect(at('RUNNING', 'running')).toEqual({
      enter: null,
      use: null,
      terminate: null,
      force: true,
      rename: true,
      log: true,
    });
    expect(at('RUNNING_DEGRADED', 'running').enter).toBeNull();
  });
  it('opens neither apps nor a terminal in a session that only carries files', () => {
    expect(at('RUNNING', 'running', 'system')).toMatchObject({ enter: null, use: 'not.system' });
    expect(at('TERMINATED', 'finished', 'system').use).toBe('not.ended');
  });
  it('says that a waiting one does not run yet, and lets it be cancelled', () => {
    expect(at('PENDING', 'waiting')).toMatchObject({ enter: 'not.running', terminate: null, rename: true, log: false });
  });
  it('keeps the name while containers are made', () => {
    for (const status of ['PREPARING', 'PULLING', 'PREPARED', 'CREATING', 'RESTARTING']) {
      expect(at(status, 'starting').rename).toBe(false);
    }
  });
  it('does not end twice, but may force', () => {
    expect(at('TERMINATING', 'ending')).toMatchObject({ terminate: 'not.ending', force: true });
  });
  it('offers nothing but the log of what has ended', () => {
    expect(at('TERMINATED', 'finished')).toEqual({
      enter: 'not.ended',
      use: 'not.ended',
      terminate: 'not.ended',
      force: false,
      rename: false,
      log: true,
    });
    expect(at('CANCELLED', 'finished').log).toBe(false);
  });
  it('clears a failed one by force only', () => {
    expect(at('ERROR', 'broken')).toMatchObject({ enter: 'not.ended', terminate: 'not.ended', force: true });
  });
  it('treats a status it does not know as not running', () => {
    expect(at('HIBERNATING', 'unknown')).toMatchObject({ enter: 'not.running', terminate: null });
  });
});

describe('isOthers', () => {
  it('tells somebody else’s by the access key, and assumes nothing where the site tells none', () => {
    expect(isOthers({ accessKey: 'AKIAOTHER' }, 'AKIAMINE')).toBe(true);
    expect(isOthers({ accessKey: 'AKIAMINE' }, 'AKIAMINE')).toBe(false);
    expect(isOthers({ accessKey: null }, 'AKIAMINE')).toBe(false);
    expect(isOthers({ accessKey: 'AKIAOTHER' }, null)).toBe(false);
  });
});
