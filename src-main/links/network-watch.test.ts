import type { NetworkInterfaceInfo } from 'node:os';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Interfaces, isOwnHost, outwardAddresses } from './network-policy.ts';
import { NetworkWatch } from './network-watch.ts';
import { FakeClock } from './testing/fake-clock.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo => ({
  address,
  internal,
  mac: '',
  ...(address.includes(':')
    ? { family: 'IPv6', netmask: '', cidr: null, scopeid: 0 }
    : { family: 'IPv4', netmask: '', cidr: null }),
});
const lo = [at('127.0.0.1', true), at('::1', true)];

describe('NetworkWatch', () => {
  let clock: FakeClock;
  let interfaces: Interfaces;
  let looks: number;
  let told: string[];
  let watch: NetworkWatch;

  beforeEach(() => {
    clock = new FakeClock();
    interfaces = { lo, wlan0: [at('192.168.0.7')] };
    looks = 0;
    told = [];
    watch = new NetworkWatch({
      clock,
      interfaces: () => {
        looks += 1;
        return interfaces;
      },
      onNetworkChanged: () => void told.push('changed'),
      onWoken: () => void told.push('woken'),
    });
  });

  it('tells of another network within a second, only while it is needed', async () => {
    watch.isNeeded = true;
    await clock.advance(10_000);
    expect(told).toEqual([]);
    interfaces = { lo };
    await clock.advance(1_000);
    expect(told).toEqual(['changed']);
    expect(watch.hasNetwork).toBe(false);
    interfaces = { lo, wlan0: [at('10.0.0.3')] };
    await clock.advance(1_000);
    expect(told).toEqual(['changed', 'changed']);
    expect(watch.hasNetwork).toBe(true);
    watch.isNeeded = false;
    const before = looks;
    interfaces = { lo };
    await clock.advance(60_000);
    expect(looks).toBe(before);
    expect(clock.pending).toBe(0);
    // What changed meanwhile is no news to those who begin now.
    watch.isNeeded = true;
    await clock.advance(5_000);
    expect(told).toHaveLength(2);
  });

  it('tells of waking up, once, when the clock ran on without it', async () => {
    watch.isNeeded = true;
    await clock.advance(3_500);
    clock.jump(7_000);
    await clock.advance(5_000);
    expect(told).toEqual(['woken']);
  });

  it('holds every try for worth it where the system does not answer', () => {
    interfaces = {};
    expect(watch.hasNetwork).toBe(true);
    const forbidden = new NetworkWatch({
      clock,
      interfaces: () => {
        throw new Error('EACCES');
      },
      onNetworkChanged: () => undefined,
      onWoken: () => undefined,
    });
    expect(forbidden.hasNetwork).toBe(true);
  });
});

it('counts addresses that lead somewhere', () => {
  const addresses = [at('169.254.3.4'), at('fe80::1'), at('10.1.2.3'), at('2001:db8::1')];
  expect(outwardAddresses({ lo, eth0: addresses })).toEqual(['eth0 10.1.2.3', 'eth0 2001:db8::1']);
});

it.each([
  ['localhost', true],
  ['k3.localhost', true],
  ['127.0.0.1', true],
  ['[::1]', true],
  ['127.0.0.1.example.org', false],
  ['lab.example.org', false],
  ['10.0.0.1', false],
])('%s is this computer: %s', (host, own) => {
  expect(isOwnHost(host)).toBe(own);
});
