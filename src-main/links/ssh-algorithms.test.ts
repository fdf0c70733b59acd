import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sshAlgorithms } from './ssh-algorithms.ts';
import { loadSsh2 } from './ssh2-internals.ts';

describe('algorithms', () => {
  const offered = sshAlgorithms(loadSsh2().constants);

  it('offers nothing weak', () => {
    const all = Object.values(offered).flat();
    expect(all.filter((name) => /cbc|arcfour|3des|md5|sha1$|sha1-|^ssh-rsa$|^ssh-dss$|group1-/.test(name))).toEqual([]);
  });

  it('puts authenticated ciphers first, and chacha20 before the counter modes', () => {
    expect(offered.cipher[0]).toBe('aes128-gcm@openssh.com');
    const at = (name: string) => (offered.cipher as readonly string[]).indexOf(name);
    expect(at('chacha20-poly1305@openssh.com')).toBeLessThan(at('aes128-ctr'));
  });

  it('leaves out what the runtime lacks', () => {
    const constants = { ...loadSsh2().constants, SUPPORTED_CIPHER: ['aes256-gcm@openssh.com', 'aes256-ctr'] };
    expect(sshAlgorithms(constants).cipher).toEqual(['aes256-gcm@openssh.com', 'aes256-ctr']);
  });
});

describe('ssh2', () => {
  it('is connected in one file only', () => {
    const root = join(import.meta.dirname, '..');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !/\.i?test\.ts$|testing/.test(file),
    );
    const naming = files.filter((file) => /ssh2\.Client\(|new Client\(/.test(readFileSync(join(root, file), 'utf8')));
    expect(naming).toEqual([join('links', 'ssh-connection.ts')]);
  });
});
