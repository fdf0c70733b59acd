import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { channels } from './ipc.ts';

vi.mock('electron', () => import('./testing/electron-stand-in.ts'));

let folder: string;
let code: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'berth-preload-'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: resolve(import.meta.dirname, '../../../src-preload/preload.ts'),
      outDir: folder,
      minify: false,
      rolldownOptions: {
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: 'preload.cjs', codeSplitting: false },
      },
    },
  });
  code = readFileSync(join(folder, 'preload.cjs'), 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Port {
  post(data: unknown): void;
  onMessage(listener: (data: unknown) => void): void;
}

/** Runs the built file as Electron's sandbox does: with `require` for `electron` alone. */
function run() {
  const exposed: Record<string, unknown> = {};
  const sent: unknown[][] = [];
  const listeners: ((event: object, data: unknown) => void)[] = [];
  const required: string[] = [];
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => Object.assign(exposed, { [name]: value }) },
    ipcRenderer: {
      send: (...args: unknown[]) => sent.push(args),
      on: (_channel: string, listener: (event: object, data: unknown) => void) => listeners.push(listener),
    },
  };
  const require = (name: string): unknown => {
    required.push(name);
    if (name !== 'electron') throw new Error(`a sandboxed preload cannot require ${name}`);
    return electron;
  };
  const module = { exports: {} };
  runInNewContext(code, { require, module, exports: module.exports });
  return { exposed, sent, listeners, required };
}

describe('the built preload', () => {
  it('is one CommonJS file that requires nothing but electron', () => {
    expect(readdirSync(folder)).toEqual(['preload.cjs']);
    expect([...code.matchAll(/\brequire\(\s*["'`]([^"'`]+)/g)].map((match) => match[1])).toEqual(['electron']);
    expect(code).not.toMatch(/^\s*(import|export)\s/m);
    expect(code).not.toMatch(/\bimport\(/);
    expect(run().required).toEqual(['electron']);
  });

  it('exposes one opaque transport on the two channels of the main process', () => {
    const { exposed, sent, listeners } = run();
    expect(Object.keys(exposed)).toEqual(['berthPort']);
    const port = exposed.berthPort as Port;
    expect(Object.keys(port).sort()).toEqual(['onMessage', 'post']);
    const got: unknown[][] = [];
    port.onMessage((...args) => got.push(args));
    port.onMessage(() => got.push(['second']));
    expect(sent).toEqual([[channels.connect]]);
    port.post('text');
    expect(sent[1]).toEqual([channels.message, 'text']);
    listeners[0]?.({ sender: 'ipcRenderer' }, 'data');
    expect(listeners).toHaveLength(1);
    expect(got).toEqual([['data']]);
  });
});
