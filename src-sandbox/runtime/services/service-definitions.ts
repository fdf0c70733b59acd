/** The services a kernel can offer on this machine, and how each is started: on a Unix socket, without a password. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServicePort } from '../kernel.ts';

/** A service's program as found on this machine. TensorBoard is not among them: it cannot listen on a Unix socket. */
export interface ServiceProgram {
  readonly kind: 'notebook-classic' | 'jupyter-server' | 'ttyd';
  readonly file: string;
}

export interface ServiceDefinition {
  readonly port: ServicePort;
  readonly program: ServiceProgram;
  /** Asked until it answers. */
  readonly readyPath: string;
}

export const servicePorts = {
  sshd: { name: 'sshd', protocol: 'tcp', containerPorts: [2200] },
  ttyd: { name: 'ttyd', protocol: 'http', containerPorts: [7681] },
  jupyter: { name: 'jupyter', protocol: 'http', containerPorts: [8080] },
  jupyterlab: { name: 'jupyterlab', protocol: 'http', containerPorts: [8090] },
} as const satisfies Record<string, ServicePort>;

export interface LaunchPlace {
  readonly home: string;
  /** Folder of the kernel beside its home, deleted with it. */
  readonly kernelFolder: string;
  /** Private folder with a short path. */
  readonly socketFolder: string;
  readonly shell: string;
}

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly socketPath: string;
}

export function socketPathOf(place: LaunchPlace, name: string): string {
  return join(place.socketFolder, `${name}.sock`);
}

/** Prepares what the service needs and says how it is started. */
export async function launchOf(definition: ServiceDefinition, place: LaunchPlace): Promise<Launch> {
  const socketPath = socketPathOf(place, definition.port.name);
  const { program } = definition;
  const base = { file: program.file, socketPath, environment: {} };
  switch (program.kind) {
    case 'ttyd':
      return { ...base, args: ['-i', socketPath, '-W', place.shell, '-l'] };
    default:
      return {
        ...base,
        args: jupyterArguments(program, place, socketPath),
        environment: await jupyterFolders(place, definition.port.name),
      };
  }
}

/** Settings, data and history stay out of the home; the runtime folder has a short path for the kernels' sockets. */
async function jupyterFolders(place: LaunchPlace, name: string): Promise<Record<string, string>> {
  const folder = join(place.kernelFolder, 'jupyter');
  const environment = {
    JUPYTER_CONFIG_DIR: join(folder, 'config'),
    JUPYTER_DATA_DIR: join(folder, 'data'),
    JUPYTER_RUNTIME_DIR: join(place.socketFolder, name === 'jupyterlab' ? 'jl' : 'jn'),
    IPYTHONDIR: join(folder, 'ipython'),
    JUPYTER_PLATFORM_DIRS: '0',
  };
  for (const path of Object.values(environment)) if (path !== '0') await mkdir(path, { recursive: true, mode: 0o700 });
  return environment;
}

function jupyterArguments(program: ServiceProgram, place: LaunchPlace, socketPath: string): string[] {
  const shared = [
    '--no-browser',
    '--allow-root',
    // SECURITY: the kernels talk over sockets in the private folder, not over TCP (services.itest.ts, "opens no TCP port of a service").
    '--KernelManager.transport=ipc',
  ];
  if (program.kind === 'notebook-classic') {
    return [
      ...shared,
      `--NotebookApp.sock=${socketPath}`,
      '--NotebookApp.sock_mode=0600',
      '--NotebookApp.token=',
      '--NotebookApp.password=',
      `--notebook-dir=${place.home}`,
    ];
  }
  return [
    ...shared,
    `--ServerApp.sock=${socketPath}`,
    '--ServerApp.sock_mode=0600',
    '--IdentityProvider.token=',
    '--ServerApp.password=',
    '--LabApp.news_url=',
    '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
    `--ServerApp.root_dir=${place.home}`,
  ];
}
