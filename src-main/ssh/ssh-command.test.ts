import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { plainName, sshCommand } from './ssh-command.ts';

const parts = {
  user: 'work',
  keyPath: '~/.ssh/berth_notes',
  sessionId: '6e1b0b5e-6f7c-4c52-9f0e-6a3f1f6d2c11',
  sessionName: 'notes',
  proxyCommand: "'/opt/my app/berth' --proxy 100%",
  knownHostsFile: '/data dir/known_hosts',
  isPinned: true,
  isWindows: false,
};

describe('ssh command', () => {
  it('reaches ssh word by word through a shell', () => {
    const command = sshCommand(parts).replace(/^ssh /, 'printf "%s\\n" ');
    const words = execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trimEnd().split('\n');
    expect(words.slice(1)).toEqual([
      expect.stringMatching(/\/\.ssh\/berth_notes$/),
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      "ProxyCommand='/opt/my app/berth' --proxy 100%%",
      '-o',
      'UserKnownHostsFile="/data dir/known_hosts"',
      '-o',
      'HostKeyAlias=berth-6e1b0b5e-6f7c-4c52-9f0e-6a3f1f6d2c11',
      '-o',
      'StrictHostKeyChecking=yes',
      'work@notes',
    ]);
  });

  it('accepts a key only while none is pinned', () => {
    expect(sshCommand({ ...parts, isPinned: false })).toContain('StrictHostKeyChecking=accept-new');
  });

  it('makes plain names', () => {
    expect(plainName('train-vit_2.1')).toBe('train-vit_2.1');
    expect(plainName('a b;rm -rf /')).toBe('a_b_rm_-rf_');
    expect(plainName('--option')).toBe('option');
    expect(plainName('..')).toBe('session');
  });
});
