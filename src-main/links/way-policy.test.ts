import { describe, expect, it } from 'vitest';
import type { ErrorCode, ErrorPlace } from '../../src-preload/contract/errors.ts';
import { errorCodes } from '../../src-preload/contract/errors.ts';
import { BerthError } from '../base/berth-error.ts';
import { type Chosen, isStale, nextWay, passingMs, type Way } from './way-policy.ts';

const error = (code: ErrorCode, place: ErrorPlace = 'manager', reason?: string | number): BerthError =>
  new BerthError(code, { place, params: reason === undefined ? {} : { reason } });
const web = { protocol: 'http', appProxy: true };

/** From where, what went wrong there, where to. */
const table: readonly (readonly [Way, BerthError, string | null])[] = [
  ['ssh', error('no-ssh-service', 'container'), 'site no-ssh'],
  ['ssh', error('key-missing', 'container'), 'site no-key'],
  ['ssh', error('key-refused', 'container'), 'site no-key'],
  ['ssh', error('unsupported', 'container', 1), 'site forward-refused'],
  ['ssh', error('unsupported', 'container', 3), 'site forward-refused'],
  ['ssh', error('unsupported', 'container'), 'site ssh-unusable'],
  ['ssh', error('service-failed', 'service', 2), 'site not-on-loopback'],
  ['ssh', error('service-failed', 'container', 'program-missing'), null],
  ['ssh', error('host-key-changed', 'container'), null],
  ['ssh', error('tunnel-lost', 'site'), null],
  ['ssh', error('offline', 'site'), null],
  ['ssh', error('timeout', 'container'), null],
  ['ssh', error('rate-limited'), null],
  ['ssh', error('session-gone'), null],
  ['ssh', error('tunnel-refused', 'proxy', 'no-websocket'), 'app-proxy no-websocket'],
  ['ssh', error('tunnel-refused', 'manager'), 'app-proxy site-refused'],
  ['ssh', error('forbidden'), 'app-proxy site-refused'],
  ['site', error('tunnel-refused', 'proxy', 'no-websocket'), 'app-proxy no-websocket'],
  ['site', error('tunnel-refused', 'manager'), 'app-proxy site-refused'],
  ['site', error('tunnel-refused', 'agent'), null],
  ['site', error('forbidden'), 'app-proxy site-refused'],
  ['site', error('unsupported'), 'app-proxy site-refused'],
  ['site', error('rate-limited'), 'app-proxy rate-limited'],
  ['site', error('service-failed', 'container', 'not-listening'), null],
  ['site', error('service-unknown'), null],
  ['site', error('offline', 'site'), null],
  ['app-proxy', error('forbidden'), null],
  ['app-proxy', error('app-proxy-failed', 'site', 'refused'), null],
];

const words = (chosen: Chosen | null): string | null => chosen && `${chosen.way} ${chosen.why}`;

describe('the way to a service', () => {
  it.each(table)('after %s fails with %o: %s', (from, failure, expected) => {
    expect(words(nextWay(from, failure, web))).toBe(expected);
  });

  it('no way around a changed host key', () => {
    for (const from of ['ssh', 'site', 'app-proxy'] as const) {
      expect(nextWay(from, error('host-key-changed', 'container'), web)).toBeNull();
    }
  });

  it('never ends at an app proxy that is not there, or with anything but the web', () => {
    for (const code of errorCodes) {
      for (const from of ['ssh', 'site'] as const) {
        expect(nextWay(from, error(code), { protocol: 'http', appProxy: false })?.way).not.toBe('app-proxy');
        expect(nextWay(from, error(code), { protocol: 'tcp', appProxy: true })?.way).not.toBe('app-proxy');
      }
    }
  });

  it('tries the better way again where the reason passes', () => {
    expect(isStale({ way: 'app-proxy', why: 'rate-limited' }, passingMs)).toBe(true);
    expect(isStale({ way: 'app-proxy', why: 'rate-limited' }, passingMs - 1)).toBe(false);
    expect(isStale({ way: 'site', why: 'no-ssh' }, passingMs * 100)).toBe(false);
    expect(isStale({ way: 'ssh', why: null }, passingMs)).toBe(false);
  });
});
