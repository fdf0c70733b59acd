import { describe, expect, it } from 'vitest';
import type { KernelSpec } from './kernel.ts';
import { cleanPath, kernelEnvironment, loginShell } from './kernel-env.ts';

const spec: KernelSpec = {
  sessionId: 's',
  sessionName: 'name',
  kernelId: 'k',
  environment: 'shell',
  environ: { MINE: '1', BACKENDAI_KERNEL_ID: 'other', HOME: '/x', 'bad name': 'x', BACKENDAI_ACCESS_KEY: 'AK' },
  mounts: [],
  preopenPorts: [5000],
  bootstrapScript: null,
  userKey: { privatePem: '', publicLine: '' },
  resources: { cpu: 1, memBytes: 1, accelerators: {} },
};

describe('kernelEnvironment', () => {
  const services = [
    { name: 'sshd', protocol: 'tcp', containerPorts: [2200] },
    { name: 'two', protocol: 'http', containerPorts: [1, 2] },
  ] as const;
  const own = { PATH: '/a/node_modules/.bin:/usr/bin', NODE_OPTIONS: 'x', npm_config_x: 'y', SECRET: 'z', TZ: 'UTC' };
  const made = kernelEnvironment({ spec, services, home: '/h', shell: '/bin/bash', pathPrefix: ['/venv/bin'] }, own);

  it('takes over nothing of the sandbox that does not belong', () => {
    expect(Object.keys(made).filter((name) => /NODE|npm|SECRET/.test(name))).toEqual([]);
    expect(made).toMatchObject({ TZ: 'UTC', PATH: '/venv/bin:/usr/bin', HOME: '/h', USER: 'work', LANG: 'C.UTF-8' });
  });

  it("keeps identity and marker from the person's own variables", () => {
    expect(made).toMatchObject({ MINE: '1', BACKENDAI_KERNEL_ID: 'k', BACKENDAI_ACCESS_KEY: 'AK' });
    expect(made).not.toHaveProperty('bad name');
  });

  it('lists ports as a container does', () => {
    expect(made).toMatchObject({
      BACKENDAI_SERVICE_PORTS: 'sshd:tcp:2200,two:http:[1,2]',
      BACKENDAI_PREOPEN_PORTS: '5000',
    });
  });
});

describe('loginShell', () => {
  it.each([
    ['/usr/bin/fish', '/usr/bin/fish'],
    ['/usr/sbin/nologin', '/bin/bash'],
    ['relative', '/bin/bash'],
    [undefined, '/bin/bash'],
  ])('takes %s as %s', (own, expected) => {
    expect(loginShell(own ?? '', () => true)).toBe(expected);
  });

  it('falls back to sh', () => {
    expect(loginShell('/bin/zsh', (path) => path === '/bin/sh')).toBe('/bin/sh');
  });
});

describe('cleanPath', () => {
  it('is never empty', () => {
    expect(cleanPath('/x/node_modules/.bin')).toBe('/usr/local/bin:/usr/bin:/bin');
    expect(cleanPath(undefined)).toContain('/usr/bin');
  });
});
