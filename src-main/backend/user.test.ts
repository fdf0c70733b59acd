import { afterEach, expect, it } from 'vitest';
import { sendJson, serve, siteClient, type TestServer } from './testing.ts';
import { user } from './user.ts';
import { featuresOf } from './version-gates.ts';

let server: TestServer | null = null;
afterEach(() => server?.close());

async function account(answers: Readonly<Record<string, unknown>>, manager = '26.8.1') {
  server = await serve((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    sendJson(response, 200, answers[`${request.method} ${path}`] ?? {});
  });
  const { requests } = server;
  return {
    api: user(siteClient(server.endpoint), featuresOf(manager), () => undefined),
    sent: () => requests.map(({ method, url, body }) => `${method} ${url} ${body}`.trim()),
  };
}

it('reads and replaces the SSH key pair', async () => {
  const { api, sent } = await account({
    'GET /auth/ssh-keypair': { ssh_public_key: 'ssh-rsa AAA' },
    'PATCH /auth/ssh-keypair': { ssh_public_key: 'ssh-rsa BBB', ssh_private_key: 'PRIVATE' },
  });
  expect(await api.sshPublicKey()).toBe('ssh-rsa AAA');
  expect(await api.generateSshKeypair()).toEqual({ publicKey: 'ssh-rsa BBB', privateKey: 'PRIVATE' });
  await api.putSshKeypair({ publicKey: 'P', privateKey: 'S' });
  expect(sent().at(-1)).toBe('POST /auth/ssh-keypair {"pubkey":"P","privkey":"S"}');
});

it('has no key pair of one’s own on 22.03', async () => {
  const { api } = await account({ 'GET /auth/ssh-keypair': { ssh_public_key: '' } }, '22.03.14');
  expect(await api.sshPublicKey()).toBeNull();
  await expect(api.putSshKeypair({ publicKey: 'P', privateKey: 'S' })).rejects.toMatchObject({ code: 'unsupported' });
});

it('makes a dotfile that is new and changes one that is there', async () => {
  const { api, sent } = await account({
    'GET /user-config/dotfiles': [{ path: '.bashrc', permission: 644, data: 'x' }, { broken: true }],
  });
  expect(await api.dotfiles()).toEqual([{ path: '.bashrc', permission: '644', data: 'x' }]);
  await api.putDotfile({ path: '.bashrc', permission: '644', data: 'y' });
  expect(sent().at(-1)).toBe('PATCH /user-config/dotfiles {"path":".bashrc","data":"y","permission":"644"}');
  await api.putDotfile({ path: '.vimrc', permission: '755', data: 'z' });
  expect(sent().at(-1)).toBe('POST /user-config/dotfiles {"path":".vimrc","data":"z","permission":"755"}');
  await api.deleteDotfile('.vimrc');
  expect(sent().at(-1)).toBe('DELETE /user-config/dotfiles?path=.vimrc');
});

it('reads the bootstrap script in either form', async () => {
  expect(await (await account({ 'GET /user-config/bootstrap-script': '#!/bin/sh\n' })).api.bootstrapScript()).toBe(
    '#!/bin/sh\n',
  );
  await server?.close();
  const { api, sent } = await account({ 'GET /user-config/bootstrap-script': { script: 'echo' } });
  expect(await api.bootstrapScript()).toBe('echo');
  await api.setBootstrapScript('ls');
  expect(sent().at(-1)).toBe('POST /user-config/bootstrap-script {"script":"ls"}');
});

it('shows an announcement only while there is one', async () => {
  expect(
    await (await account({ 'GET /manager/announcement': { enabled: false, message: '' } })).api.announcement(),
  ).toBeNull();
  await server?.close();
  const { api } = await account({ 'GET /manager/announcement': { enabled: true, message: '**Down** on Monday' } });
  expect(await api.announcement()).toEqual({ message: '**Down** on Monday' });
});
