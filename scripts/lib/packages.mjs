// The system packages that the tests need beside npm's: real browsers, SSH servers, notebooks and keyrings.
import { existsSync, readFileSync } from 'node:fs';
import { run } from './run.mjs';

/** Debian package -> a file that shows that it is there. */
const packages = {
  chromium: '/usr/bin/chromium',
  xvfb: '/usr/bin/Xvfb',
  xauth: '/usr/bin/xauth',
  'dropbear-bin': '/usr/sbin/dropbear',
  'openssh-server': '/usr/sbin/sshd',
  'openssh-client': '/usr/bin/ssh',
  'openssh-sftp-server': '/usr/lib/openssh/sftp-server',
  'jupyter-notebook': '/usr/bin/jupyter-notebook',
  'python3-ipykernel': '/usr/share/jupyter/kernels/python3/kernel.json',
  'gnome-keyring': '/usr/bin/gnome-keyring-daemon',
  'dbus-x11': '/usr/bin/dbus-launch',
  dbus: '/usr/bin/dbus-run-session',
  openssl: '/usr/bin/openssl',
  rsync: '/usr/bin/rsync',
  tmux: '/usr/bin/tmux',
  procps: '/usr/bin/ps',
  'libsecret-1-0': ['/usr/lib/x86_64-linux-gnu/libsecret-1.so.0', '/usr/lib/aarch64-linux-gnu/libsecret-1.so.0'],
};

export function missingPackages() {
  return Object.entries(packages)
    .filter(([, files]) => ![files].flat().some((file) => existsSync(file)))
    .map(([name]) => name);
}

function isDebian() {
  return existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Installs what is missing as root on Debian; elsewhere prints the command. Answers what is still missing. */
export async function ensureSystemPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return [];
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0 || !isDebian()) {
    console.error(
      `Some tests need programs that are not here. On Debian or Ubuntu:\n  sudo apt-get ${install.join(' ')}`,
    );
    return missing;
  }
  console.error(`Installing ${missing.join(', ')}…`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { quiet: true, env });
  const { code, output } = await run('apt-get', install, { quiet: true, env });
  if (code !== 0) console.error(output.slice(-4000));
  return missingPackages();
}
