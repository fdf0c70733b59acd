import { afterEach, describe, expect, it } from 'vitest';
import { sendJson, sendProblem, serve, siteClient, type TestServer } from '../testing.ts';
import { featuresOf } from '../version-gates.ts';
import { quotas } from './quotas.ts';

const user = '0d5c6a1b2c3d4e5f60718293a4b5c6d7';
const userScope = 'user:0d5c6a1b-2c3d-4e5f-6071-8293a4b5c6d7';

describe('what a volume counts', () => {
  let server: TestServer;
  let brokenUsers = 0;
  let details: unknown;
  const open = async (manager = '24.03.11') => {
    server = await serve((_request, response, body) => {
      const { query, variables } = JSON.parse(body);
      if (!query.includes('quota_scope')) {
        if (brokenUsers-- > 0) sendProblem(response, 403, 'generic-forbidden');
        else sendJson(response, 200, { data: { user: { uuid: user } } });
      } else if (variables.host === 'local:gone') {
        sendJson(response, 200, {
          data: { quota_scope: null },
          errors: [{ message: 'storage volume does not exist' }],
        });
      } else sendJson(response, 200, { data: { quota_scope: { details } } });
    });
    return quotas(siteClient(server.endpoint), featuresOf(manager));
  };
  const asked = () => server.requests.flatMap(({ body }) => JSON.parse(body).variables?.scope ?? []);
  afterEach(() => server.close());

  it.each([
    [
      { usage_bytes: 5, hard_limit_bytes: 10 },
      { usedBytes: 5, limitBytes: 10 },
    ],
    [
      { usage_bytes: 0, hard_limit_bytes: 0 },
      { usedBytes: 0, limitBytes: null },
    ],
    [
      { usage_bytes: -1, hard_limit_bytes: -1 },
      { usedBytes: null, limitBytes: null },
    ],
    [
      { usage_bytes: null, hard_limit_bytes: 10 },
      { usedBytes: null, limitBytes: 10 },
    ],
    [{ usage_bytes: 'much' }, { usedBytes: null, limitBytes: null }],
  ])('%j', async (told, wanted) => {
    details = told;
    expect(await (await open()).quotaScope('local:volume1', 'mine')).toEqual(wanted);
  });

  it('is asked by the id of the user, looked up once, or of the project', async () => {
    details = { usage_bytes: 1, hard_limit_bytes: null };
    const api = await open();
    brokenUsers = 1;
    await expect(api.quotaScope('local:volume1', 'mine')).rejects.toMatchObject({ code: 'forbidden' });
    await api.quotaScope('local:volume1', 'mine');
    await api.quotaScope('local:volume2', 'mine');
    await api.quotaScope('local:volume1', { projectId: user });
    expect(asked()).toEqual([userScope, userScope, userScope.replace('user', 'project')]);
    expect(server.requests).toHaveLength(5);
  });

  it('is refused for a volume that is not there, and not asked of a site that cannot tell', async () => {
    await expect((await open()).quotaScope('local:gone', 'mine')).rejects.toMatchObject({ code: 'refused-by-site' });
    await server.close();
    const old = await open('23.03.6');
    await expect(old.quotaScope('local:volume1', 'mine')).rejects.toMatchObject({ code: 'unsupported' });
    expect(server.requests).toEqual([]);
  });
});
