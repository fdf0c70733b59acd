/**
 * `/`, `/auth` and the status routes of the manager.
 */
import { domainName, email } from '../auth/account.ts';
import { sameSecret } from '../auth/signature.ts';
import { isPrivatePem } from '../auth/ssh-key.ts';
import { type Call, ok, optionalText, parameters, textField } from '../http/call.ts';
import { authFailed, badParameters, notFound } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import type { Site } from '../site.ts';

export function authRoutes({ face, account, sessions }: Site): readonly Route[] {
  const echo = async (call: Call) => ok({ authorized: 'yes', echo: textField(await parameters(call), 'echo') });

  const authorize = async (call: Call) => {
    const fields = await parameters(call);
    const type = textField(fields, 'type');
    const domain = textField(fields, 'domain');
    const username = textField(fields, 'username');
    const password = textField(fields, 'password');
    if (type !== 'keypair') throw badParameters('Unsupported authorization type');
    const right = domain === domainName && username === email;
    if (!sameSecret(password, account.password) || !right) throw authFailed('User credential mismatch.');
    const data = { access_key: account.accessKey, secret_key: account.secretKey, role: 'user', status: 'active' };
    return ok({ data: face.since('25.9') ? { response_type: 'success', ...data } : data });
  };

  const role = (call: Call) => {
    const group = call.query.get('group');
    if (group !== null && group !== account.projectId) throw notFound('user group');
    return ok({ global_role: 'user', domain_role: 'user', group_role: group === null ? null : 'user' });
  };

  const renewKey = async () => {
    const pair = await account.renewSsh();
    return ok({ ssh_public_key: pair.publicLine, ssh_private_key: pair.privatePem });
  };

  const storeKey = async (call: Call) => {
    const fields = await parameters(call);
    const pubkey = textField(fields, 'pubkey').trim();
    // Stored keys end in a newline whatever the client sent: OpenSSH refuses a PEM without one.
    const privkey = `${textField(fields, 'privkey').trim()}\n`;
    if (!/^(?:ssh|ecdsa|sk-)[\w@.-]+ [A-Za-z0-9+/=]+(?: .*)?$/.test(pubkey)) throw badParameters('Invalid public key');
    if (!isPrivatePem(privkey)) throw badParameters('Invalid private key');
    await account.setSsh({ publicLine: pubkey, privatePem: privkey });
    return ok({ ssh_public_key: pubkey, ssh_private_key: privkey });
  };

  const status = () =>
    ok({
      nodes: [{ id: 'sandbox', num_proc: 1, service_addr: '127.0.0.1', version: face.manager, heartbeat_timeout: 10 }],
      status: 'running',
      active_sessions: sessions.runningCount(),
    });

  return [
    { method: 'GET', path: '/', anonymous: true, handler: () => ok({ version: face.version, manager: face.manager }) },
    { method: 'GET', path: '/auth', handler: echo },
    { method: 'POST', path: '/auth', handler: echo },
    { method: 'GET', path: '/auth/test', handler: echo },
    { method: 'POST', path: '/auth/test', handler: echo },
    { method: 'GET', path: '/auth/role', handler: role },
    { method: 'POST', path: '/auth/authorize', anonymous: true, handler: authorize },
    { method: 'GET', path: '/auth/ssh-keypair', handler: () => ok({ ssh_public_key: account.ssh.publicLine }) },
    { method: 'PATCH', path: '/auth/ssh-keypair', handler: renewKey },
    { method: 'POST', path: '/auth/ssh-keypair', handler: storeKey },
    { method: 'GET', path: '/manager/status', anonymous: true, handler: status },
    {
      method: 'GET',
      path: '/manager/announcement',
      anonymous: true,
      handler: () => ok({ enabled: false, message: '' }),
    },
    {
      method: 'GET',
      path: '/user-config/dotfiles',
      handler: (call) => {
        if (optionalText(Object.fromEntries(call.query), 'path') !== null) throw notFound('dotfile');
        return ok([]);
      },
    },
    { method: 'GET', path: '/user-config/bootstrap-script', handler: () => ok('') },
  ];
}
