/**
 * Dotfiles and bootstrap script of a keypair (API reference, section 10.1).
 */
import type { Dotfile } from '../auth/account.ts';
import { type Call, callerOf, jsonBody, ok, optionalText, type Reply, textField } from '../http/call.ts';
import { badFields, badParameters, notFound, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';

/** What a keypair's dotfiles may hold in sum, and its bootstrap script. */
const maxBytes = 64 * 1024;
const maxCount = 100;
const reserved = new Set(['.terminfo', '.jupyter', '.ssh', '.ssh/authorized_keys', '.ssh/id_rsa', '.ssh/id_rsa.pub']);

function readDotfile(fields: Readonly<Record<string, unknown>>): Dotfile {
  const path = textField(fields, 'path');
  const data = textField(fields, 'data');
  const permission = textField(fields, 'permission');
  if (!/^[0-7]{3}$/.test(permission)) throw badFields({ permission: 'value does not match pattern' });
  if (path === '' || path.startsWith('/') || path.split('/').some((part) => part === '..' || part === '')) {
    throw badParameters('dotfile path is not valid.');
  }
  if (reserved.has(path)) throw badParameters('dotfile path is reserved for internal operations.');
  return { path, data, permission };
}

/** Throws 400 when the new set is larger than a keypair may have. */
function checkSize(dotfiles: readonly Dotfile[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(dotfiles));
  if (bytes > maxBytes) throw new Problem(400, 'generic-bad-request', 'Bad request.', { msg: 'No leftover space' });
  if (dotfiles.length > maxCount) throw badParameters('Dotfile creation limit reached');
}

export function userConfigRoutes(): readonly Route[] {
  const show = (call: Call): Reply => {
    const { dotfiles } = callerOf(call);
    const path = optionalText(Object.fromEntries(call.query), 'path');
    const view = ({ path: one, permission, data }: Dotfile) => ({ path: one, permission, data });
    if (path === null) return ok(dotfiles.map(view));
    const found = dotfiles.find((dotfile) => dotfile.path === path);
    if (found === undefined) throw notFound('dotfile');
    return ok(view(found));
  };

  const create = async (call: Call): Promise<Reply> => {
    const account = callerOf(call);
    const dotfile = readDotfile(await jsonBody(call));
    if (account.dotfiles.some(({ path }) => path === dotfile.path)) {
      throw new Problem(400, 'dotfile-already-exists', 'Dotfile already exists.');
    }
    const dotfiles = [...account.dotfiles, dotfile];
    checkSize(dotfiles);
    await account.change({ dotfiles });
    return ok({});
  };

  const update = async (call: Call): Promise<Reply> => {
    const account = callerOf(call);
    const dotfile = readDotfile(await jsonBody(call));
    if (!account.dotfiles.some(({ path }) => path === dotfile.path)) throw notFound('dotfile');
    const dotfiles = account.dotfiles.map((known) => (known.path === dotfile.path ? dotfile : known));
    checkSize(dotfiles);
    await account.change({ dotfiles });
    return ok({});
  };

  const remove = async (call: Call): Promise<Reply> => {
    const account = callerOf(call);
    const path = textField(Object.fromEntries(call.query), 'path');
    if (!account.dotfiles.some((dotfile) => dotfile.path === path)) throw notFound('dotfile');
    await account.change({ dotfiles: account.dotfiles.filter((dotfile) => dotfile.path !== path) });
    return ok({ success: true });
  };

  const storeScript = async (call: Call): Promise<Reply> => {
    const bootstrapScript = textField(await jsonBody(call), 'script').trim();
    if (Buffer.byteLength(bootstrapScript) > maxBytes) {
      throw badParameters('Maximum bootstrap script length reached');
    }
    await callerOf(call).change({ bootstrapScript });
    return ok({});
  };

  return [
    { method: 'GET', path: '/user-config/dotfiles', handler: show },
    { method: 'POST', path: '/user-config/dotfiles', handler: create },
    { method: 'PATCH', path: '/user-config/dotfiles', handler: update },
    { method: 'DELETE', path: '/user-config/dotfiles', handler: remove },
    {
      method: 'GET',
      path: '/user-config/bootstrap-script',
      handler: (call) => ok(callerOf(call).bootstrapScript),
    },
    { method: 'POST', path: '/user-config/bootstrap-script', handler: storeScript },
  ];
}
