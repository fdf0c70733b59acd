import { afterEach, describe, expect, it } from 'vitest';
import { readSessionFile, untar } from './session-files.ts';
import { sendProblem, serve, siteClient, type TestServer } from './testing.ts';
import { featuresOf } from './version-gates.ts';

const id = '3f0c2d6e-1b2a-4c3d-9e8f-001122334455';
let server: TestServer | null = null;
afterEach(() => server?.close());

/** A TAR of one file, as 22.03 answers. */
function tar(content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write('id_container', 0);
  header.write('0000600\0', 100);
  header.write(`${content.byteLength.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write('0', 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.byteLength % 512)) % 512), Buffer.alloc(1024)]);
}

describe('readSessionFile', () => {
  it('posts query and body to newer managers', async () => {
    server = await serve((_request, response) => response.end('key'));
    const bytes = await readSessionFile(siteClient(server.endpoint), featuresOf('26.8.1'), id, 'id_container');
    expect(bytes.toString()).toBe('key');
    expect(server.requests).toMatchObject([
      { method: 'POST', url: `/session/${id}/download_single?file=id_container`, body: '{"file":"id_container"}' },
    ]);
  });

  it.each([
    [405, 'method-not-allowed'],
    [400, 'deprecated'],
    [404, 'url-not-found'],
  ])('tries the other verb after %i %s', async (status, slug) => {
    server = await serve((request, response) => {
      if (request.method === 'POST') sendProblem(response, status, slug);
      else response.end(tar(Buffer.from('key')));
    });
    const bytes = await readSessionFile(siteClient(server.endpoint), featuresOf('24.09.1'), id, 'id_container');
    expect(bytes.toString()).toBe('key');
  });

  it('gets from older managers', async () => {
    server = await serve((_request, response) => response.end('key'));
    await readSessionFile(siteClient(server.endpoint), featuresOf('22.09.3'), id, 'id_container');
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('does not try the other verb after a real refusal', async () => {
    server = await serve((_request, response) => sendProblem(response, 404, 'object-not-found'));
    const pending = readSessionFile(siteClient(server.endpoint), featuresOf('26.8.1'), id, 'nothing');
    await expect(pending).rejects.toMatchObject({ code: 'not-found' });
    expect(server.requests.length).toBe(1);
  });
});

describe('untar', () => {
  it('unwraps one file and leaves everything else alone', () => {
    const key = Buffer.from(`-----BEGIN RSA PRIVATE KEY-----\n${'A'.repeat(1600)}\n-----END RSA PRIVATE KEY-----\n`);
    expect(untar(tar(key))).toEqual(key);
    expect(untar(key)).toEqual(key);
    expect(untar(Buffer.alloc(0))).toEqual(Buffer.alloc(0));
    expect(untar(Buffer.alloc(600))).toEqual(Buffer.alloc(600));
  });
});
