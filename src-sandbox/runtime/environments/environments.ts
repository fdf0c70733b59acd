/** Which environments this machine has, and with which services. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentInfo, ServicePort } from '../kernel.ts';
import { type ServiceDefinition, type ServiceProgram, servicePorts } from '../services/service-definitions.ts';
import { findProgram, interpreterOf, type Lookup, versionOf } from './lookup.ts';

/** An environment with what is needed to start kernels of it. */
export interface FoundEnvironment {
  readonly info: EnvironmentInfo;
  /** Without sshd, which is not a program of the environment. */
  readonly services: readonly ServiceDefinition[];
  readonly pathPrefix: readonly string[];
}

export const jupyterEnvironment = 'python-jupyter';

/** Where a Jupyter that the sandbox fetched for itself is. */
export function privateJupyter(dataDir: string): { folder: string; bin: string; complete: string } {
  const folder = join(dataDir, 'environments', 'jupyter');
  return { folder, bin: join(folder, 'bin'), complete: join(folder, '.complete') };
}

const least = { minimum: { cpu: '1', mem: '256m' }, preferredShmem: '64m' } as const;

/** The listed order is the order in which they are offered. */
export async function findEnvironments(lookup: Lookup, dataDir: string): Promise<FoundEnvironment[]> {
  const ttyd = await findTtyd(lookup);
  const found = await Promise.all([jupyter(lookup, dataDir, ttyd), shell(lookup, ttyd), node(lookup, ttyd)]);
  return found.filter((one) => one !== null);
}

function definition(port: ServicePort, program: ServiceProgram, readyPath: string): ServiceDefinition {
  return { port, program, readyPath };
}

async function findTtyd(lookup: Lookup): Promise<ServiceDefinition[]> {
  const file = await findProgram('ttyd', lookup.path);
  return file ? [definition(servicePorts.ttyd, { kind: 'ttyd', file }, '/')] : [];
}

function portsOf(services: readonly ServiceDefinition[]): ServicePort[] {
  return [servicePorts.sshd, ...services.map((service) => service.port)];
}

async function jupyter(lookup: Lookup, dataDir: string, ttyd: readonly ServiceDefinition[]): Promise<FoundEnvironment> {
  const own = privateJupyter(dataDir);
  const fetched = await access(own.complete).then(
    () => true,
    () => false,
  );
  const pathPrefix = fetched ? [own.bin] : [];
  const path = [...pathPrefix, lookup.path].join(':');
  const [notebookFile, labFile] = await Promise.all(
    ['jupyter-notebook', 'jupyter-lab'].map((name) => findProgram(name, path)),
  );
  const services: ServiceDefinition[] = [];
  const notebook = notebookFile ? await versionOf(notebookFile, path) : null;
  if (notebookFile && notebook) {
    const kind = Number(notebook.split('.')[0]) < 7 ? 'notebook-classic' : 'jupyter-server';
    services.push(definition(servicePorts.jupyter, { kind, file: notebookFile }, '/api'));
  }
  if (labFile && (await versionOf(labFile, path))) {
    services.push(definition(servicePorts.jupyterlab, { kind: 'jupyter-server', file: labFile }, '/api'));
  }
  const script = notebookFile && notebook ? notebookFile : labFile;
  const python = (script ? await interpreterOf(script) : null) ?? (await findProgram('python3', path)) ?? 'python3';
  const version = (await versionOf(python, path)) ?? '3';
  const installed = services.some(
    (service) => service.port === servicePorts.jupyter || service.port === servicePorts.jupyterlab,
  );
  // What it will have after it was fetched is announced before.
  const offered = installed
    ? services
    : [...services, definition(servicePorts.jupyter, { kind: 'notebook-classic', file: '' }, '/api')];
  return {
    info: {
      name: jupyterEnvironment,
      title: 'Python 3 with Jupyter',
      version,
      tag: `${version}-local`,
      services: portsOf([...ttyd, ...offered]),
      ...least,
      accelerators: ['cuda', 'rocm'],
      installed,
    },
    services: [...ttyd, ...services],
    pathPrefix,
  };
}

async function shell(lookup: Lookup, ttyd: readonly ServiceDefinition[]): Promise<FoundEnvironment> {
  const version = (await versionOf('/bin/bash', lookup.path)) ?? '1.0';
  return {
    info: {
      name: 'shell',
      title: 'Plain shell',
      version,
      tag: `${version}-local`,
      services: portsOf(ttyd),
      ...least,
      accelerators: [],
      installed: true,
    },
    services: ttyd,
    pathPrefix: [],
  };
}

async function node(lookup: Lookup, ttyd: readonly ServiceDefinition[]): Promise<FoundEnvironment | null> {
  const file = await findProgram('node', lookup.path);
  const version = file ? await versionOf(file, lookup.path) : null;
  if (!version) return null;
  return {
    info: {
      name: 'node',
      title: 'Node.js',
      version,
      tag: `${version}-local`,
      services: portsOf(ttyd),
      ...least,
      accelerators: [],
      installed: true,
    },
    services: ttyd,
    pathPrefix: [],
  };
}
