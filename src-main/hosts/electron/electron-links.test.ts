/** `berth://` links in the Electron host: from the system while Berth runs or starts, and from a second start. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emptySpec } from '../../../src-preload/contract/launch-spec.ts';
import { isSessionLink, writeSessionLink } from '../../../src-preload/contract/session-link.ts';
import type { App } from '../../app.ts';
import { readRecipe, writeRecipe } from '../../launches/recipe-policy.ts';
import { SessionLinks } from '../../session-links/session-links.ts';
import { askControl } from '../control-channel.ts';
import { readLock } from '../instance-lock.ts';
import { startElectronHost } from './start-electron-host.ts';
import { app, BrowserWindow, errorBoxes, resetElectron } from './testing/electron-stand-in.ts';

vi.mock('electron', () => import('./testing/electron-stand-in.ts'));
vi.mock('electron-store', () => ({
  default: class {
    store: unknown;
  },
}));

const { link } = writeRecipe('from a link', 'lab-a', { ...emptySpec, name: 'calm-bay-10' });
const sessionId = '5a4c1f0e-3b7d-4e21-9c55-0d2a8e6f7b13';
const toSession = writeSessionLink({ endpoint: 'https://lab-a', isSandbox: false }, sessionId);
const signals = new Map<string, NodeJS.SignalsListener[]>();
let folder: string;
/** What the app was asked to show: titles of launches, and links to sessions. */
let shown: string[];

const start = () =>
  startElectronHost(['--data-dir', join(folder, 'data'), '--secrets', 'memory'], {
    mainDir: join(folder, 'main'),
    loadApp: async () => ({
      createApp: async () =>
        ({
          bridge: {},
          dispose: async () => {},
          openLaunch: (text: string) => {
            if (isSessionLink(text)) new SessionLinks(() => {}).request(text);
            shown.push(isSessionLink(text) ? text : readRecipe(text).title);
          },
        }) as unknown as App,
    }),
  });

function openUrl(url: string): { preventDefault: ReturnType<typeof vi.fn> } {
  const event = { preventDefault: vi.fn() };
  app.emit('open-url', event, url);
  return event;
}

beforeEach(() => {
  resetElectron();
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    signals.set(name, process.listeners(name) as NodeJS.SignalsListener[]);
  folder = mkdtempSync(join(tmpdir(), 'berth-electron-'));
  shown = [];
});

afterEach(async () => {
  app.quit();
  await vi.waitUntil(() => app.calls.some(([name]) => name === 'exit'));
  vi.restoreAllMocks();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    for (const listener of process.listeners(name))
      if (!signals.get(name)?.includes(listener as NodeJS.SignalsListener)) process.off(name, listener);
  }
  process.removeAllListeners('unhandledRejection');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('links', () => {
  it('fill the form of the Berth that runs, and bring its window to the front', async () => {
    await start();
    const event = openUrl(String(link));
    expect(event.preventDefault).toHaveBeenCalled();
    expect(shown).toEqual(['from a link']);
    expect(BrowserWindow.all[0]?.focused).toBe(1);
    openUrl(toSession);
    expect(shown).toEqual(['from a link', toSession]);
    expect(BrowserWindow.all[0]?.focused).toBe(2);
  });

  it.each([
    ['launch', String(link), 'from a link'],
    ['session', toSession, toSession],
  ])('that started Berth come before it is ready, and are shown once it is: %s', async (_kind, url, wanted) => {
    const ready = app.whenReady.bind(app);
    vi.spyOn(app, 'whenReady').mockImplementation(async () => {
      expect(openUrl(url).preventDefault).toHaveBeenCalled();
      await ready();
    });
    await start();
    expect(shown).toEqual([wanted]);
    expect(BrowserWindow.all).toHaveLength(1);
  });

  it('that are no launch are said in a sentence, and Berth goes on', async () => {
    await start();
    openUrl('berth://launch?recipe=x&sandbox');
    openUrl('berth://terminate?all');
    expect(shown).toEqual([]);
    expect(errorBoxes).toHaveLength(2);
    openUrl(`${toSession}&terminate=1`);
    expect(errorBoxes[2]).toContain('a link to a session is berth://session?site=');
    expect(errorBoxes[0]).toContain('This link');
    openUrl(String(link));
    expect(shown).toEqual(['from a link']);
  });

  it('of a second start go to the first', async () => {
    await start();
    const control = readLock(join(folder, 'data'))?.control ?? '';
    const ask = async (launch: string) => {
      const { reply, socket } = await askControl(control, { op: 'entry', opens: true, launch }, 5_000);
      socket.destroy();
      return reply;
    };
    expect(await ask(String(link))).toMatchObject({ ok: true });
    expect(shown).toEqual(['from a link']);
    expect(BrowserWindow.all[0]?.focused).toBe(1);
    expect(await ask(toSession)).toMatchObject({ ok: true });
    expect(shown.pop()).toBe(toSession);
    expect(await ask(`${toSession}#x`)).toMatchObject({ ok: false, error: expect.stringContaining('This link') });
    expect(await ask('berth://other')).toMatchObject({ ok: false, error: expect.stringContaining('This link') });
    expect(shown).toHaveLength(1);
  });
});
