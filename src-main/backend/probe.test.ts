import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { normaliseEndpoint, probe, probeResult } from './probe.ts';
import { sendJson, sendProblem, serve, type TestServer } from './testing.ts';

let server: TestServer | null = null;
afterEach(() => server?.close());
const probeEndpoint = (endpoint: string) => probeResult(probe(endpoint));
const hello = { version: 'v8.20240915', manager: '24.09.5' };

describe('normaliseEndpoint', () => {
  it.each([
    ['api.example.com', 'https://api.example.com'],
    [' https://api.example.com/ ', 'https://api.example.com'],
    ['https://api.example.com/base/?q=1#x', 'https://api.example.com/base'],
    ['localhost:8090', 'http://localhost:8090'],
    ['127.0.0.1:8090/', 'http://127.0.0.1:8090'],
    ['[::1]:8090', 'http://[::1]:8090'],
    ['berth.localhost:1', 'http://berth.localhost:1'],
    ['https://localhost:8090', 'https://localhost:8090'],
    ['http://10.0.0.1', 'http://10.0.0.1'],
  ])('%s -> %s', (text, endpoint) => {
    expect(normaliseEndpoint(text)).toBe(endpoint);
  });

  it.each(['', 'ftp://x', 'http://', 'a b c', 'file:///etc/passwd'])('refuses %j', (text) => {
    expect(() => normaliseEndpoint(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  it('refuses credentials in the address', () => {
    expect(() => normaliseEndpoint('https://user:canary@api.example.com')).toThrow(
      expect.objectContaining({ code: 'invalid-input', params: { field: 'endpoint', reason: 'credentials' } }),
    );
  });
});

describe('probeEndpoint', () => {
  it('knows a manager', async () => {
    server = await serve((request, response) => {
      if (request.url === '/') sendJson(response, 200, hello);
      else sendProblem(response, 404, 'url-not-found');
    });
    expect(await probeEndpoint(server.endpoint)).toEqual({
      reachable: true,
      endpoint: server.endpoint,
      mode: 'api',
      modes: ['api'],
      manager: '24.09.5',
      apiVersion: 'v8.20240915',
      skewSeconds: 0,
      singleSignOn: [],
    });
  });

  it('knows a webserver by its config.toml', async () => {
    server = await serve((request, response) => {
      if (request.url === '/config.toml') response.end('[general]\napiEndpoint = ""\n');
      else if (request.url === '/func/') sendJson(response, 200, hello);
      else response.end('<html>WebUI</html>');
    });
    expect(await probeEndpoint(server.endpoint)).toMatchObject({ reachable: true, mode: 'session' });
  });

  it('lets a person choose where both answer, and goes one known way only', async () => {
    server = await serve((_request, response) => sendJson(response, 200, hello));
    expect(await probeEndpoint(server.endpoint)).toMatchObject({ mode: 'session', modes: ['session', 'api'] });
    server.requests.length = 0;
    expect((await probe(server.endpoint, { mode: 'api' })).modes).toEqual(['api']);
    expect(server.requests.map(({ url }) => url)).toEqual(['/']);
  });

  it('measures the clock, and reads what matters before a sign-in', async () => {
    const date = new Date(Date.now() + 600_000).toUTCString();
    server = await serve((request, response) => {
      response.setHeader('date', date);
      if (request.url === '/config.toml') {
        response.end(
          '[general]\ndebug = true\ndebug = false\nsingleSignOnVendors = "saml, openid"\nenableExtendLoginSession = true\n[wsproxy]\nsiteDescription = "no"\n',
        );
      } else if (request.url === '/func/') sendJson(response, 200, hello);
      else response.end('<html>WebUI</html>');
    });
    const found = await probe(server.endpoint);
    expect(found.config).toMatchObject({ singleSignOn: ['saml', 'openid'], extendLogin: true });
    expect(Math.round(found.skewMs / 60_000)).toBe(10);
  });

  it.each([
    ['a web page', 200, '<html>[general]?</html>', 'not-backend-ai'],
    ['other JSON', 200, '{"version":"1.2","name":"x"}', 'not-backend-ai'],
    ['a missing page', 404, 'no', 'not-backend-ai'],
    ['a proxy whose manager is away', 502, '<html>', 'maintenance'],
  ])('%s', async (_name, status, body, code) => {
    server = await serve((_request, response) => response.writeHead(status).end(body));
    expect(await probeEndpoint(server.endpoint)).toMatchObject({ reachable: false, error: { code } });
  });

  it('says when a version is too old', async () => {
    server = await serve((_request, response) => sendJson(response, 200, { version: 'v5.20191215', manager: '20.9' }));
    expect(await probeEndpoint(server.endpoint)).toMatchObject({
      reachable: false,
      error: { code: 'version-unsupported' },
    });
  });

  it('says TLS when TLS is what fails', async () => {
    const tls = createTlsServer({});
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const address = tls.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await probeEndpoint(`https://127.0.0.1:${port}`)).toMatchObject({
      reachable: false,
      error: { code: 'tls' },
    });
    await new Promise((resolve) => tls.close(resolve));
    server = await serve((_request, response) => response.end());
    expect(await probeEndpoint(server.endpoint.replace('http:', 'https:'))).toMatchObject({ error: { code: 'tls' } });
  });

  it('says refused', async () => {
    server = await serve((_request, response) => response.end());
    const { endpoint } = server;
    await server.close();
    expect(await probeEndpoint(endpoint)).toMatchObject({ error: { code: 'offline', params: { reason: 'refused' } } });
  });
});
