import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** As root Chromium has no sandbox of its own; the other flags keep it from looking up hosts that it does not need. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
  '--test-type',
];

const launchOptions = { ...(chromium ? { executablePath: chromium } : {}), args: chromiumArgs };

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  retries: 0,
  use: {
    // Playwright's own ffmpeg cannot be had everywhere; screenshots and traces tell enough.
    video: 'off',
    screenshot: 'only-on-failure',
    // What was done and asked, and when. Pictures of every step cost as much as the steps: `--trace on` has them, and npm test
    // asks for them where it looks at a failure once more.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    launchOptions,
  },
  projects: [
    {
      name: 'browser',
      testMatch: ['specs/**/*.spec.ts', 'security/**/*.spec.ts'],
      // Without 3D the terminal draws its text in the page, where a spec can read it; the headed project has WebGL.
      use: { headless: true, launchOptions: { ...launchOptions, args: [...launchOptions.args, '--disable-3d-apis'] } },
    },
    { name: 'headed', testMatch: ['headed/**/*.spec.ts'], use: { headless: false } },
    { name: 'electron', testMatch: ['specs/**/*.spec.ts', 'security/**/*.spec.ts'] },
  ],
});
