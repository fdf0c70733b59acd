import { describe, expect, it } from 'vitest';
import type { SiteApi } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import { cutKey, readSessionKey } from './session-key.ts';

const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n';

function api(read: (path: string) => Buffer | Error): SiteApi {
  const answer = async (_id: string, path: string): Promise<Buffer> => {
    const result = read(path);
    if (result instanceof Error) throw result;
    return result;
  };
  return { readSessionFile: answer } as unknown as SiteApi;
}

describe('session key', () => {
  it('is cut out of what surrounds it', () => {
    expect(cutKey(Buffer.from(pem))).toBe(pem);
    expect(cutKey(Buffer.concat([Buffer.alloc(512, 'x'), Buffer.from(pem), Buffer.alloc(600)]))).toBe(pem);
    const openssh = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----';
    expect(cutKey(Buffer.from(`${openssh}\n\n`))).toBe(`${openssh}\n`);
    expect(cutKey(Buffer.from('no key'))).toBeNull();
    expect(cutKey(Buffer.from('-----BEGIN RSA PRIVATE KEY-----\nhalf'))).toBeNull();
  });

  it('is looked for in three places', async () => {
    const asked: string[] = [];
    const key = await readSessionKey(
      api((path) => {
        asked.push(path);
        return path === '.ssh/id_container' ? Buffer.from(pem) : new BerthError('not-found', { place: 'container' });
      }),
      'id',
    );
    expect(key).toBe(pem);
    expect(asked).toEqual(['/home/work/id_container', 'id_container', '.ssh/id_container']);
  });

  it('is missing only when every place was looked at', async () => {
    await expect(
      readSessionKey(
        api(() => Buffer.from('')),
        'id',
      ),
    ).rejects.toMatchObject({ code: 'key-missing' });
    const offline = new BerthError('offline', { place: 'site', retry: 'auto' });
    await expect(
      readSessionKey(
        api(() => offline),
        'id',
      ),
    ).rejects.toBe(offline);
  });
});
