/** One running Berth for a spec, in whichever host the project names, with a private data folder and a private sandbox. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type BrowserContext, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { removeFolder, root, type Started, sandboxPaceMs, scratchFolder, startBrowserHost } from './process.ts';

export interface RunningBerth {
  readonly dataDir: string;
  readonly page: Page;
  readonly context: BrowserContext;
  /** Does something that opens a window, and resolves with that window's page. */
  nextWindow(action: () => Promise<unknown>): Promise<Page>;
  /** The app's main process, where the host tells it. */
  readonly processId: number | null;
  /** What the app printed. */
  output(): string;
  /** Ends the app; the spec may look at what is left. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface BerthOptions {
  /** Flags beside those of the host. */
  flags: string[];
  /** The app takes `home` below the data folder for the person's home, so that nothing of the real one is touched. */
  ownHome: boolean;
}

function environment(dataDir: string, ownHome: boolean): Record<string, string> {
  const env = { BERTH_SANDBOX_PACE: String(sandboxPaceMs) };
  if (!ownHome) return env;
  const home = join(dataDir, 'home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return { ...env, HOME: home };
}

async function inBrowser(
  dataDir: string,
  flags: string[],
  env: Record<string, string>,
  context: BrowserContext,
): Promise<RunningBerth> {
  const { url, process } = await startBrowserHost(dataDir, flags, env);
  const page = await context.newPage();
  await page.goto(url);
  return {
    dataDir,
    page,
    context,
    nextWindow: async (action) => {
      const [opened] = await Promise.all([context.waitForEvent('page'), action()]);
      return opened;
    },
    processId: process.child.pid ?? null,
    output: () => process.output(),
    stop: () => process.stop(),
  };
}

async function inElectron(dataDir: string, flags: string[], env: Record<string, string>): Promise<RunningBerth> {
  const app: ElectronApplication = await _electron.launch({
    args: [root, '--data-dir', dataDir, '--secrets', 'memory', ...flags],
    cwd: root,
    env: { ...definedOnly(process.env), ...env },
  });
  const page = await app.firstWindow();
  let printed = '';
  app.process().stderr?.on('data', (data: Buffer) => {
    printed += data.toString();
  });
  return {
    dataDir,
    page,
    context: app.context(),
    nextWindow: async (action) => {
      const [opened] = await Promise.all([app.waitForEvent('window'), action()]);
      return opened;
    },
    processId: app.process().pid ?? null,
    output: () => printed,
    stop: async () => {
      await app.close();
      return 0;
    },
  };
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

export const test = base.extend<{ berth: RunningBerth; dataDir: string } & BerthOptions>({
  flags: [['--sandbox'], { option: true }],
  ownHome: [false, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern.
  dataDir: async ({}, use) => {
    const dataDir = scratchFolder();
    await use(dataDir);
    removeFolder(dataDir);
  },
  berth: async ({ context, dataDir, flags, ownHome }, use, info) => {
    const env = environment(dataDir, ownHome);
    const berth =
      info.project.name === 'electron'
        ? await inElectron(dataDir, flags, env)
        : await inBrowser(dataDir, flags, env, context);
    await use(berth);
    const code = await berth.stop();
    if (info.status !== info.expectedStatus) await info.attach('output', { body: berth.output() });
    if (code !== 0) throw new Error(`Berth ended with ${code}:\n${berth.output()}`);
  },
});

export { expect } from '@playwright/test';
export type { Started };
