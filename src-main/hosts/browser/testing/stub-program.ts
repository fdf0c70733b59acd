/** The browser host with an app that does nothing, as a program for integration tests. */
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { App } from '../../../app.ts';
import type { Host } from '../../host.ts';
import { runProgram } from '../program.ts';

/** As long as a sandbox takes to end. */
const endMs = 100;

/** Echoes bridge messages and SSH bytes; `STUB_HANG=1` never ends, `STUB_SANDBOX=fail` has no sandbox. */
async function createApp(host: Host): Promise<App> {
  host.openDocument('stub').write({ written: true });
  return {
    bridge: {
      connect: (port: { send(message: string | Uint8Array): void; close(): void }) => ({
        receive: (message: string | Uint8Array) => port.send(message),
        closed: () => {},
      }),
    },
    dispose: () => (process.env.STUB_HANG === '1' ? new Promise<void>(() => {}) : delay(endMs)),
    startSandbox: async () => {
      if (process.env.STUB_SANDBOX === 'fail') throw new Error('no sandbox today');
    },
    openRawSsh: async () => new PassThrough(),
  } as unknown as App;
}

await runProgram(process.argv.slice(2), {
  mainDir: process.env.STUB_MAIN_DIR ?? fileURLToPath(new URL('.', import.meta.url)),
  loadApp: async () => ({ createApp }),
});
