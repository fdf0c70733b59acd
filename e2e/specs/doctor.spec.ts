/** The doctor: on screen from settings, the sign-in form and an error; and on the command line. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '../hosts/fixture.ts';
import { freePort } from '../hosts/free-port.ts';
import { removeFolder, root, scratchFolder, startSandbox } from '../hosts/process.ts';
import { SiteClient } from '../hosts/site-client.ts';
import { DoctorPage } from '../pages/doctor-page.ts';
import { lookBoth } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function doctor(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/start.mjs', 'doctor', ...args], {
      cwd: root,
      env: { ...process.env, ...env },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString();
    });
    child.stdin.end(input);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** The first sign of life on a manager's stream comes after 15 s, for which nobody has to wait here. */
const soonAlive = ['--ping', '1'];

test.describe('signed in', () => {
  test.use({ flags: [] });
  test('walks the way from settings: sign-in, events and the way into a session', async ({ berth }) => {
    const folder = scratchFolder();
    const site = await startSandbox(folder, soonAlive);
    try {
      const { page } = berth;
      const main = new MainPage(page);
      await new SignInPage(page).signIn(site);
      await main.ready();
      await new SiteClient(site).create({ name: 'looked-at' });
      await main.waitRunning('looked-at');
      await main.go('Settings');
      await page.getByRole('button', { name: 'Check the connection' }).click();
      const screen = new DoctorPage(page);
      await expect(screen.step('Version')).toContainText('Works');
      await expect(screen.dialog.getByText('Everything that was tried works.')).toBeVisible({ timeout: 12_000 });
      await expect(screen.step('Sign-in')).toContainText('projects');
      await expect(screen.step('Way into sessions')).toContainText('a WebSocket to a running session was opened');
      await page.screenshot({ path: join(root, 'test-results', 'looks', 'doctor-good.png') });
      await page.keyboard.press('Escape');
      await expect(screen.dialog).toBeHidden();
    } finally {
      await site.process.stop();
      removeFolder(folder);
    }
  });
});

test.describe('before signing in', () => {
  test.use({ flags: [] });
  test('the sign-in form offers it where nothing answers, and it names the hop', async ({ berth }) => {
    const { page } = berth;
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    await new SignInPage(page).endpoint.fill(endpoint);
    await page.getByRole('button', { name: 'Check the connection' }).click();
    const screen = new DoctorPage(page);
    await expect(screen.dialog.getByText('Look at this first: Port.')).toBeVisible();
    await expect(screen.step('Port').getByRole('alert')).toContainText('nothing listens at this address');
    await expect(screen.step('Port').getByRole('alert')).toContainText('Check the port in the endpoint');
    await expect(screen.step('Events')).toContainText('Not tried');
    await expect(screen.dialog.getByRole('button', { name: 'Copy report' })).toBeVisible();
    await page.screenshot({ path: join(root, 'test-results', 'looks', 'doctor-port.png') });
    await screen.again.click();
    await expect(screen.dialog.getByText('Look at this first: Port.')).toBeVisible();
  });
});

test.describe('in Korean', () => {
  test.use({ flags: [], locale: 'ko-KR' });
  test('is accessible', async ({ berth }) => {
    const { page } = berth;
    await page.getByRole('textbox', { name: '엔드포인트' }).fill(`http://127.0.0.1:${await freePort()}`);
    await page.getByRole('button', { name: '연결 확인' }).click();
    await expect(page.getByText('먼저 여기를 보세요: 포트.')).toBeVisible();
    await lookBoth(page, 'doctor-korean');
  });
});

test.describe('command line', () => {
  test('says in text and JSON which hop fails, with exit code 1, and refuses wrong usage with 2', async () => {
    const port = await freePort();
    const text = await doctor(['--endpoint', `http://127.0.0.1:${port}`]);
    expect(text.code).toBe(1);
    expect(text.out).toMatch(/tcp\s+FAILED/);
    expect(text.out).toContain('Check the port in the endpoint');
    expect(text.out).toContain('Look at this first: tcp.');
    const json = await doctor(['--endpoint', `http://127.0.0.1:${port}`, '--json']);
    expect(json.code).toBe(1);
    const report = JSON.parse(json.out) as {
      failed: string;
      steps: { step: string; state: string; advice?: string }[];
    };
    expect(report.failed).toBe('tcp');
    expect(report.steps.find(({ step }) => step === 'tcp')?.advice).toContain('Check the port');
    expect(report.steps.filter(({ state }) => state === 'not-tried').length).toBe(7);
    expect(await doctor(['--json'])).toMatchObject({ code: 2, out: '' });
    expect(await doctor(['--endpoint', 'ftp://x'])).toMatchObject({ code: 2, out: '' });
  });

  test('walks a site to its end with keys from the environment or stdin, and never repeats them', async () => {
    test.setTimeout(120_000);
    const dataDir = scratchFolder();
    const site = await startSandbox(dataDir, soonAlive);
    try {
      const env = { BERTH_ACCESS_KEY: site.accessKey, BERTH_SECRET_KEY: site.secretKey };
      const canary = 'canary-cli-51d0';
      const [good, wrong, none] = await Promise.all([
        doctor(['--endpoint', site.endpoint, '--json'], env),
        doctor(
          ['--endpoint', site.endpoint, '--keys-from-stdin'],
          {},
          JSON.stringify({ accessKey: site.accessKey, secretKey: canary }),
        ),
        doctor(['--endpoint', site.endpoint]),
      ]);
      expect([good.code, wrong.code, none.code]).toEqual([0, 1, 0]);
      expect(JSON.parse(good.out)).toMatchObject({ ok: true, failed: null });
      expect(wrong.out).toMatch(/sign-in\s+FAILED/);
      expect(none.out).toContain('no keys were given');
      const all = [good, wrong, none].map(({ out, err }) => out + err).join('\n');
      expect(all).not.toContain(site.secretKey);
      expect(all).not.toContain(canary);
      const broken = await doctor(['--endpoint', site.endpoint, '--keys-from-stdin'], {}, `{"secretKey":"${canary}`);
      expect(broken.code).toBe(2);
      expect(broken.err).not.toContain(canary);
    } finally {
      await site.process.stop();
      removeFolder(dataDir);
    }
  });
});
