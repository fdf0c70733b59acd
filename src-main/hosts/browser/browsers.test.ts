import { describe, expect, it } from 'vitest';
import { type Environment, planOpening } from './browsers.ts';
import { ownerOfPort } from './peer-user.ts';
import { checkRequest, randomHostName } from './request-guard.ts';
import { SleepWatch } from './sleep-watch.ts';

const url = 'http://b-x.localhost:1/enter#t';

function machine(platform: NodeJS.Platform, env: Record<string, string>, files: string[]): Environment {
  return { platform, env, exists: (path) => files.includes(path) };
}

describe('planOpening', () => {
  it('opens an app window of its own where there is a Chromium', () => {
    const plan = planOpening(
      url,
      '/data/browser',
      false,
      machine('linux', { PATH: '/bin:/usr/bin', DISPLAY: ':0' }, ['/usr/bin/chromium', '/usr/bin/xdg-open']),
    );
    expect(plan).toMatchObject({ kind: 'app-window', command: '/usr/bin/chromium' });
    expect(plan.kind === 'none' ? [] : plan.args).toContain(`--app=${url}`);
    expect(plan.kind === 'none' ? '' : plan.args.join(' ')).not.toMatch(/no-sandbox|window-size|window-position/);
    const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(planOpening(url, '/d', false, machine('darwin', {}, [mac]))).toMatchObject({
      kind: 'app-window',
      command: mac,
    });
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    expect(
      planOpening(url, 'd', false, machine('win32', { 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' }, [edge])),
    ).toMatchObject({ command: edge });
  });

  it('falls back to the default browser', () => {
    expect(
      planOpening(url, '/d', false, machine('linux', { PATH: '/bin', WAYLAND_DISPLAY: 'w' }, ['/bin/xdg-open'])),
    ).toEqual({
      kind: 'default-browser',
      command: '/bin/xdg-open',
      args: [url],
    });
    expect(planOpening(url, '/d', false, machine('darwin', {}, []))).toMatchObject({ command: 'open' });
    expect(planOpening(url, 'd', false, machine('win32', {}, []))).toMatchObject({ command: 'rundll32.exe' });
  });

  it('opens nothing as root, without a display or without a browser, and says why', () => {
    const full = machine('linux', { PATH: '/usr/bin', DISPLAY: ':0' }, ['/usr/bin/chromium']);
    expect(planOpening(url, '/d', true, full)).toMatchObject({ kind: 'none', why: expect.stringContaining('root') });
    expect(planOpening(url, '/d', false, { ...full, env: { PATH: '/usr/bin' } })).toMatchObject({
      why: expect.stringContaining('display'),
    });
    expect(planOpening(url, '/d', false, machine('linux', { DISPLAY: ':0' }, []))).toMatchObject({
      why: expect.stringContaining('browser'),
    });
  });
});

describe('randomHostName', () => {
  it('cannot be guessed and is a host name', () => {
    const names = new Set(Array.from({ length: 100 }, randomHostName));
    expect(names.size).toBe(100);
    for (const name of names) expect(name).toMatch(/^b-[a-z2-7]{26}\.localhost$/);
  });
});

describe('checkRequest', () => {
  it('lets a person navigate from another site, but not load or post', () => {
    const head = (method: string, headers: Record<string, string>) =>
      checkRequest({ method, target: '/', headers: { host: 'h:1', ...headers } }, 'h:1').allowed;
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(head('GET', link)).toBe(true);
    expect(head('POST', { ...link, origin: 'http://h:1' })).toBe(false);
    expect(head('GET', { 'sec-fetch-site': 'cross-site' })).toBe(false);
    expect(head('POST', { origin: 'http://h:1' })).toBe(true);
    expect(head('POST', {})).toBe(false);
    expect(head('GET', { origin: 'http://h:2' })).toBe(false);
  });
});

describe('ownerOfPort', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 2 1 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 3 1 0
`;

  it('tells whose the other end of a connection is', () => {
    expect(ownerOfPort(table, 50_000, 8_080)).toBe(1001);
    expect(ownerOfPort(table, 8_080, 50_000)).toBe(1000);
    expect(ownerOfPort(table, 50_001, 8_080)).toBeNull();
  });
});

describe('SleepWatch', () => {
  it('notices that the clock ran on without it, and nothing else', () => {
    let time = 0;
    let tick: () => void = () => {};
    const watch = new SleepWatch({
      now: () => time,
      after: (_ms, callback) => {
        tick = callback;
        return { dispose: () => {} };
      },
    });
    let resumed = 0;
    watch.onResume(() => {
      resumed += 1;
    });
    for (const step of [5_000, 6_000, 3_600_000, 5_000]) {
      time += step;
      tick();
    }
    expect(resumed).toBe(1);
    watch.dispose();
  });
});
