import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { createHmacAuthenticator } from './authenticator.ts';
import { createSiteApi } from './create-site-api.ts';
import { sendJson, serve, type TestServer } from './testing.ts';

const id = '5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13';
const node = {
  ...{ row_id: id, name: 'theirs', type: 'interactive', status: 'RUNNING', access_key: 'AKIAOTHER', project_id: id },
  ...{ created_at: '2026-01-01T00:00:00+00:00', owner: { email: 'lee@lab-a' }, kernel_nodes: { edges: [] } },
};

describe('a session of somebody else', () => {
  let server: TestServer;
  afterEach(() => server.close());

  /** @param told what is answered about the node */
  const read = async (manager: string, told: unknown) => {
    server = await serve((_request, response, body) => {
      const isNode = JSON.parse(body).query.includes('compute_session_node');
      sendJson(response, 200, isNode ? told : { data: { compute_session: null } });
    });
    const api = createSiteApi({
      endpoint: server.endpoint,
      authenticator: createHmacAuthenticator('AKIATEST', 'secret'),
      hello: { announced: 'v8.20240915', manager },
      clock: systemClock,
    });
    return await api.session(id).finally(() => api.dispose());
  };

  it('is found where the site shows it as a node', async () => {
    expect(await read('25.15.0', { data: { compute_session_node: node } })).toMatchObject({
      ...{ id, name: 'theirs', owner: 'lee@lab-a', accessKey: 'AKIAOTHER', family: 'running' },
    });
  });

  it.each([
    ['is not there', { data: { compute_session_node: null } }],
    ['is refused', { data: { compute_session_node: null }, errors: [{ message: 'Forbidden operation.' }] }],
  ])('that may not be seen and %s is none', async (_how, told) => {
    expect(await read('25.15.0', told)).toBeNull();
  });

  it('is not asked for in a way that the site does not know', async () => {
    expect(await read('24.09.5', { errors: [{ message: 'unknown field' }] })).toBeNull();
    expect(server.requests).toHaveLength(1);
  });
});
