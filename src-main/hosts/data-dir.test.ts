import { describe, expect, it } from 'vitest';
import { defaultDataDir, policyFile } from './data-dir.ts';
import { sshProxyCommand } from './ssh-proxy-command.ts';

describe('defaultDataDir', () => {
  it("is the platform's own place", () => {
    const at = (platform: NodeJS.Platform, env: Record<string, string>, home: string) =>
      defaultDataDir({ platform, env, home });
    expect(at('linux', {}, '/home/a')).toBe('/home/a/.local/share/berth');
    expect(at('linux', { XDG_DATA_HOME: '/x' }, '/home/a')).toBe('/x/berth');
    expect(at('linux', { XDG_DATA_HOME: 'relative' }, '/home/a')).toBe('/home/a/.local/share/berth');
    expect(at('darwin', { XDG_DATA_HOME: '/x' }, '/Users/a')).toBe('/Users/a/Library/Application Support/Berth');
    expect(at('win32', { APPDATA: 'C:\\Users\\a\\AppData\\Roaming' }, 'C:\\Users\\a')).toBe(
      'C:\\Users\\a\\AppData\\Roaming\\Berth',
    );
  });

  it('has the policy where an administrator alone writes', () => {
    expect(policyFile({ platform: 'linux', env: {}, home: '/home/a' })).toBe('/etc/berth/policy.json');
    expect(policyFile({ platform: 'win32', env: {}, home: 'C:\\Users\\a' })).toBe(
      'C:\\ProgramData\\Berth\\policy.json',
    );
  });
});

describe('sshProxyCommand', () => {
  const ref = { accountId: 'account-1', sessionId: '0f9a2f6e-6f3f-4a5e-9d51-2d8f4f2c1b11' };

  it('survives a shell, whatever the folder is called', () => {
    expect(sshProxyCommand('/usr/bin/node', '/opt/b/ssh-proxy.js', '/d', ref, 'linux')).toBe(
      `/usr/bin/node /opt/b/ssh-proxy.js --data-dir /d account-1 ${ref.sessionId}`,
    );
    expect(sshProxyCommand('node', "/it's here/p.js", '/d; rm -rf ~', ref, 'linux')).toBe(
      `node '/it'\\''s here/p.js' --data-dir '/d; rm -rf ~' account-1 ${ref.sessionId}`,
    );
    expect(sshProxyCommand('C:\\Program Files\\node.exe', 'p.js', 'C:\\d', ref, 'win32')).toContain(
      '"C:\\Program Files\\node.exe" p.js',
    );
  });
});
