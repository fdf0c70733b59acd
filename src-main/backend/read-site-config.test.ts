import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { HttpClient } from './http.ts';
import { siteConfigReader } from './read-site-config.ts';
import { serve, type TestServer } from './testing.ts';

let server: TestServer | null = null;
const http = new HttpClient();
afterEach(() => server?.close());

async function reader(status: number, body: string, mode: 'api' | 'session' = 'session') {
  server = await serve((_request, response) => {
    response.writeHead(status);
    response.end(body);
  });
  return siteConfigReader({ endpoint: `${server.endpoint}/base`, mode, http, clock: systemClock });
}

it('asks once in a while, below the site’s own path and without credentials', async () => {
  const read = await reader(200, '[general]\ndebug = true\ndebug = false\nmaxCountForPreopenPorts = 3\n');
  expect(await read()).toMatchObject({ maxPreopenPorts: 3 });
  expect(await read()).toMatchObject({ maxPreopenPorts: 3 });
  expect(server?.requests.map(({ url }) => url)).toEqual(['/base/config.toml']);
  expect(server?.requests[0]?.headers.authorization).toBeUndefined();
});

it.each([
  [404, 'nothing here'],
  [403, 'not for you'],
  [200, '<!doctype html><title>Backend.AI</title>'],
])('takes %i %j for a site that publishes none', async (status, body) => {
  expect(await (await reader(status, body))()).toBeNull();
});

it('does not ask a manager', async () => {
  expect(await (await reader(200, '', 'api'))()).toBeNull();
  expect(server?.requests).toEqual([]);
});

it('says when it could not ask', async () => {
  await expect((await reader(502, 'oops'))()).rejects.toMatchObject({ name: 'BerthError' });
});
