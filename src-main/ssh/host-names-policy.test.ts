import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configText } from './config-text-policy.ts';
import { hostPatterns, includesOf, plainHost, sshName } from './host-names-policy.ts';

describe('names', () => {
  it('are the session’s own where they can be', () => {
    expect(sshName('train-vit_2', [], [])).toBe('train-vit_2');
    expect(plainHost('학습')).toBe('session');
    expect(plainHost('-oProxyCommand=x')).toBe('oProxyCommand-x');
    // A session must not take over a host of the network.
    expect(plainHost('github.com')).toBe('github-com');
    expect(sshName('localhost', [], [])).toBe('localhost-2');
  });

  it('get a number where another session, or the person, has them', () => {
    expect(sshName('notes', ['Notes'], [])).toBe('notes-2');
    expect(sshName('notes', ['notes', 'notes-2'], [])).toBe('notes-3');
    const own = 'Host=prod staging "jump box"\n  host gpu-* !gpu-1\nHost *\nMatch host other\nInclude a "b c"\n';
    expect(hostPatterns(own)).toEqual(['prod', 'staging', 'jump box', 'gpu-*']);
    expect(includesOf(own)).toEqual(['a', 'b c']);
    expect(sshName('prod', [], hostPatterns(own))).toBe('prod-2');
    expect(sshName('GPU-7', [], hostPatterns(own))).toBe('berth-GPU-7-1');
  });
});

describe('names cannot inject', () => {
  it('whatever a session is called', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'a\nHost *',
        '*',
        '!x',
        'a" b',
        "a' b",
        'x%h',
        '$HOME',
        'a # b',
        'a,b',
        '\r\nProxyCommand id',
        '..',
      ),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 6 }), (sessionNames) => {
        const names: string[] = [];
        for (const sessionName of sessionNames) names.push(sshName(sessionName, names, []));
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
        const text = configText(names.map(entry), false);
        const hosts = text.split('\n').filter((line) => !line.startsWith('  ') && !line.startsWith('#') && line !== '');
        expect(hosts).toEqual(names.map((name) => `Host ${name}`));
        for (const name of names) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/);
      }),
      { numRuns: 300 },
    );
  });

  it('nor what a folder is called', () => {
    expect(() => configText([{ ...entry('a'), proxyCommand: 'node x\nHost *' }], false)).toThrow();
    expect(() => configText([{ ...entry('a'), identityFile: '/a"\nHost *' }], false)).toThrow();
    expect(configText([{ ...entry('a'), proxyCommand: "node '100%'" }], false)).toContain(
      "ProxyCommand node '100%%'\n",
    );
  });
});

function entry(alias: string) {
  return {
    alias,
    sessionId: '6e1b0b5e-6f7c-4c52-9f0e-6a3f1f6d2c11',
    user: 'work',
    knownHostsFile: '/data dir/known_hosts',
    identityFile: '/data dir/key.pub',
    agent: '/run/user/1000/berth/x.sock',
    proxyCommand: 'node ssh-proxy.js',
  };
}
