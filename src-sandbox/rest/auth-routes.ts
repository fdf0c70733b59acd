/**
 * `/`, `/auth`, `/totp` and the status routes of the manager.
 */
import { Authorizer } from '../auth/authorize.ts';
import { sameSecret } from '../auth/signature.ts';
import { isPrivatePem } from '../auth/ssh-key.ts';
import { type Call, callerOf, jsonBody, ok, parameters, type Reply, textField } from '../http/call.ts';
import { authFailed, badParameters, notFound } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { projectWithId, type Site } from '../site.ts';

function sshKeyRoutes(): readonly Route[] {
  const show = async (call: Call): Promise<Reply> => ok({ ssh_public_key: (await callerOf(call).sshKey()).publicLine });

  const renew = async (call: Call): Promise<Reply> => {
    const pair = await callerOf(call).renewSsh();
    return ok({ ssh_public_key: pair.publicLine, ssh_private_key: pair.privatePem });
  };

  const store = async (call: Call): Promise<Reply> => {
    const fields = await parameters(call);
    const pubkey = textField(fields, 'pubkey').trim();
    // Stored keys end in a newline whatever the client sent: OpenSSH refuses a PEM without one.
    const privkey = `${textField(fields, 'privkey').trim()}\n`;
    if (!/^(?:ssh|ecdsa|sk-)[\w@.-]+ [A-Za-z0-9+/=]+(?: .*)?$/.test(pubkey)) throw badParameters('Invalid public key');
    if (!isPrivatePem(privkey)) throw badParameters('Invalid private key');
    await callerOf(call).change({ ssh: { publicLine: pubkey, privatePem: privkey } });
    return ok({ ssh_public_key: pubkey, ssh_private_key: privkey });
  };

  return [
    { method: 'GET', path: '/auth/ssh-keypair', handler: show },
    { method: 'PATCH', path: '/auth/ssh-keypair', handler: renew },
    { method: 'POST', path: '/auth/ssh-keypair', handler: store },
  ];
}

/** The calls of the one-time code plugin as the web client uses them. */
function totpRoutes(authorizer: Authorizer): readonly Route[] {
  const begin = (call: Call): Reply => ok(authorizer.begin(callerOf(call)));
  const finish = async (call: Call): Promise<Reply> => {
    await authorizer.finish(callerOf(call), textField(await jsonBody(call), 'otp'));
    return ok({});
  };
  const remove = async (call: Call): Promise<Reply> => {
    await callerOf(call).change({ totpSecret: null });
    return ok({});
  };
  const beginAnonymous = async (call: Call): Promise<Reply> =>
    ok(authorizer.begin(textField(await jsonBody(call), 'registration_token')));
  const finishAnonymous = async (call: Call): Promise<Reply> => {
    const fields = await jsonBody(call);
    await authorizer.finish(textField(fields, 'registration_token'), textField(fields, 'otp'));
    return ok({});
  };
  return [
    { method: 'GET', path: '/totp', anonymous: true, handler: () => ok({ totp: 'enabled' }) },
    { method: 'POST', path: '/totp', handler: begin },
    { method: 'DELETE', path: '/totp', handler: remove },
    { method: 'POST', path: '/totp/verify', handler: finish },
    { method: 'POST', path: '/totp/anon', anonymous: true, handler: beginAnonymous },
    { method: 'POST', path: '/totp/anon/verify', anonymous: true, handler: finishAnonymous },
  ];
}

export function authRoutes(site: Site): readonly Route[] {
  const { face, accounts, sessions } = site;
  const authorizer = new Authorizer(accounts, face);

  const echo = async (call: Call) => ok({ authorized: 'yes', echo: textField(await parameters(call), 'echo') });

  const authorize = async (call: Call) => ok({ data: authorizer.authorize(await parameters(call)) });

  const updateUnsigned = async (call: Call) => ok(await authorizer.updatePassword(await jsonBody(call)));

  const updatePassword = async (call: Call): Promise<Reply> => {
    const fields = await jsonBody(call);
    const old = textField(fields, 'old_password');
    const password = textField(fields, 'new_password');
    const account = callerOf(call);
    if (!sameSecret(old, account.password)) throw authFailed('Old password mismatch');
    if (password !== textField(fields, 'new_password2')) {
      return { status: 400, json: { error_msg: 'new password mismatch' } };
    }
    await account.change({ password });
    return ok({});
  };

  const updateFullName = async (call: Call): Promise<Reply> => {
    const fields = await jsonBody(call);
    const fullName = textField(fields, 'full_name');
    const account = callerOf(call);
    if (textField(fields, 'email') !== account.email) return { status: 400, json: { error_msg: 'Unknown user' } };
    await account.change({ fullName });
    return ok({});
  };

  const role = (call: Call) => {
    const group = call.query.get('group');
    if (group !== null && projectWithId(site, callerOf(call), group) === null) throw notFound('user group');
    return ok({
      global_role: 'user',
      domain_role: callerOf(call).profile.role,
      group_role: group === null ? null : 'user',
    });
  };

  const status = () =>
    ok({
      nodes: [{ id: 'sandbox', num_proc: 1, service_addr: '127.0.0.1', version: face.manager, heartbeat_timeout: 10 }],
      status: 'running',
      active_sessions: sessions.usage.running(),
    });

  const announcement = () => ok({ enabled: false, message: '' });

  return [
    { method: 'GET', path: '/', anonymous: true, handler: () => ok({ version: face.version, manager: face.manager }) },
    { method: 'GET', path: '/auth', handler: echo },
    { method: 'POST', path: '/auth', handler: echo },
    { method: 'GET', path: '/auth/test', handler: echo },
    { method: 'POST', path: '/auth/test', handler: echo },
    { method: 'GET', path: '/auth/role', handler: role },
    { method: 'POST', path: '/auth/authorize', anonymous: true, handler: authorize },
    { method: 'POST', path: '/auth/update-password-no-auth', anonymous: true, handler: updateUnsigned },
    { method: 'POST', path: '/auth/update-password', handler: updatePassword },
    { method: 'POST', path: '/auth/update-full-name', handler: updateFullName },
    ...sshKeyRoutes(),
    ...totpRoutes(authorizer),
    { method: 'GET', path: '/manager/status', anonymous: true, handler: status },
    { method: 'GET', path: '/manager/announcement', anonymous: true, handler: announcement },
  ];
}
