/**
 * Names for files of a container on this computer. Pure. Nothing may leave the folder that was made for them, two files
 * never get one name, and a name changes only where this computer could not hold it.
 */
import { isUtf8 } from 'node:buffer';
import { BerthError } from '../base/berth-error.ts';
import { partsOf } from './raw-path-policy.ts';

/** Names of devices, in any folder and with any extension (Windows, "Naming Files, Paths, and Namespaces"). */
const windowsDevices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: Windows refuses them
const windowsRefused = /[<>:"|?*\\\u0000-\u001f]/g;

function localPart(raw: Buffer, platform: NodeJS.Platform): string {
  // A byte that is no UTF-8 becomes %FF: file systems here may refuse it, and no program could show it.
  let name = isUtf8(raw) ? raw.toString('utf8') : escapeBytes(raw);
  // SECURITY: a server's listing may claim any name; none may lead out of the folder (local-names-policy.test.ts).
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) {
    throw new BerthError('invalid-input', { place: 'container', params: { name: 'file-name' } });
  }
  if (platform === 'darwin') name = name.replaceAll(':', '_');
  if (platform === 'win32') {
    name = name.replace(windowsRefused, '_').replace(/[. ]+$/, (end) => '_'.repeat(end.length));
    if (windowsDevices.test(name)) name = `_${name}`;
  }
  return name;
}

function escapeBytes(raw: Buffer): string {
  return [...raw]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase()}`))
    .join('');
}

/** What the file system takes for the same name. */
function folded(name: string, platform: NodeJS.Platform): string {
  return platform === 'linux' ? name : name.normalize('NFC').toLowerCase();
}

/** `name (2).txt`: before the extension, as people expect it. */
export function numbered(name: string, n: number): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)} (${n})${name.slice(dot)}` : `${name} (${n})`;
}

/**
 * A relative path here, with slashes, for each path there.
 * @throws BerthError `invalid-input` for a path that would leave the folder
 */
export function localNames(paths: readonly Buffer[], platform: NodeJS.Platform): string[] {
  /** Local path of each folder there; the key holds its bytes. */
  const folders = new Map<string, string>([['', '']]);
  const taken = new Map<string, Set<string>>();
  const claim = (parent: string, wanted: string): string => {
    const names = taken.get(parent) ?? new Set<string>();
    taken.set(parent, names);
    let name = wanted;
    for (let n = 2; names.has(folded(name, platform)); n += 1) name = numbered(wanted, n);
    names.add(folded(name, platform));
    return parent === '' ? name : `${parent}/${name}`;
  };
  return paths.map((path) => {
    const parts = partsOf(path);
    const file = parts.at(-1);
    if (file === undefined)
      throw new BerthError('invalid-input', { place: 'container', params: { name: 'file-name' } });
    let key = '';
    let parent = '';
    for (const part of parts.slice(0, -1)) {
      key = `${key}/${part.toString('latin1')}`;
      const known = folders.get(key);
      parent = known ?? claim(parent, localPart(part, platform));
      folders.set(key, parent);
    }
    return claim(parent, localPart(file, platform));
  });
}

/** A session's name as the name of a folder. */
export function folderName(sessionName: string, platform: NodeJS.Platform): string {
  const name = sessionName.replace(/[^\p{L}\p{N}._ -]/gu, '_').replace(/^\.+/, '_');
  return localPart(Buffer.from(name === '' ? 'session' : name), platform);
}

/** Whether a link stays inside the folder when it is made again there: relative, and never above its top. */
export function staysInside(linkPath: Buffer, target: Buffer): boolean {
  if (target.length === 0 || target[0] === 0x2f) return false;
  let depth = partsOf(linkPath).length - 1;
  for (const part of partsOf(target)) {
    const text = part.toString('latin1');
    if (text === '..') depth -= 1;
    else if (text !== '.') depth += 1;
    if (depth < 0) return false;
  }
  return true;
}
