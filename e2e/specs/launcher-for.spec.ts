/** For whom, where and when a session runs, as chosen in the launcher and received by the sandbox. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../hosts/fixture.ts';
import { removeFolder, type SandboxInfo, scratchFolder, startSandbox } from '../hosts/process.ts';
import { askSandbox } from '../hosts/sandbox-question.ts';
import { LauncherPage } from '../pages/launcher-page.ts';
import { look } from '../pages/look.ts';
import { MainPage } from '../pages/main-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { TerminalPage } from '../pages/terminal-page.ts';

test.use({ flags: [] });

function accountOf(site: SandboxInfo, kind: 'main' | 'admin') {
  const found = site.accounts.find((it) => it.kind === kind);
  if (!found) throw new Error(`The sandbox has no account ${kind}`);
  return found;
}

/** What the sandbox holds of a session of its main account. */
async function received(site: SandboxInfo, name: string): Promise<unknown> {
  const fields = 'name group_name scaling_group priority dependencies { name } user_email';
  const query = `{ compute_session_list(limit: 1, offset: 0, filter: "name == \\"${name}\\"") { items { ${fields} } } }`;
  return (await askSandbox(site, query)).compute_session_list;
}

test('project, priority, order, machine, threads and owner reach the sandbox as chosen', async ({ berth }) => {
  const folder = scratchFolder();
  // A sandbox session is a process of this computer: a file tells the job to end.
  const signal = join(folder, 'go');
  const site = await startSandbox(folder, ['--webserver']);
  try {
    const { page } = berth;
    const main = new MainPage(page);
    const launcher = new LauncherPage(page);
    const signIn = new SignInPage(page);
    const endpoint = site.webserver ?? '';
    const me = accountOf(site, 'main');
    await signIn.signInAs({ endpoint, email: me.email, password: me.password });
    await main.ready();

    await test.step('a short job, and a session that waits for it', async () => {
      await launcher.open();
      await launcher.text('Session name').fill('goes-first');
      await launcher.unfold('Type');
      await launcher.dialog.getByRole('radio', { name: 'Batch job' }).check();
      await launcher.text('Command').fill(`until [ -e '${signal}' ]; do sleep 0.1; done`);
      await launcher.send();
      await main.waitRunning('goes-first');
      await page.getByRole('button', { name: 'Start session' }).first().click();
      await launcher.text('Session name').fill('comes-after');
      await launcher.unfold('Type');
      await launcher.dialog.getByRole('radio', { name: 'Interactive' }).check();
      await launcher.unfold('Environment variables');
      await launcher.dialog.getByRole('checkbox', { name: 'Tune threads by hand' }).check();
      await launcher.text('OpenMP threads').fill('3');
      await launcher.text('OpenBLAS threads').fill('2');
      await launcher.unfold('Project, priority and order');
      await launcher.dialog.getByLabel('Project', { exact: true }).first().click();
      await page.getByRole('option', { name: 'research' }).click();
      // Whole devices of two kinds: one of them a session can have only one of.
      await launcher.box('Resource group').click();
      await page.getByRole('option', { name: 'devices' }).click();
      await launcher.dialog.getByRole('combobox', { name: 'GPU type' }).click();
      await page.getByRole('option', { name: /ROCm GPU/ }).click();
      await expect(launcher.dialog.getByText('A session can have one of this kind.')).toBeVisible();
      await launcher.amount('GPU').fill('2');
      await launcher.says('this kind of device');
      await launcher.amount('GPU').fill('0');
      await launcher.box('Resource group').click();
      await page.getByRole('option', { name: 'default' }).click();
      await launcher.text('Priority').fill('20');
      await launcher.dialog.getByRole('checkbox', { name: 'goes-first' }).check();
      const machines = launcher.dialog.getByLabel('Machines').first();
      await machines.click();
      const machine = page.getByRole('option', { name: /^i-sandbox/ });
      await expect(machine).toHaveCount(1);
      await expect(machine).toContainText(/i-sandbox\s*\d+ CPU, [\d.]+ GiB, [\d.]+ fGPU free/);
      await look(page, 'machines', 'launcher');
      await machine.click();
      await page.keyboard.press('Escape');
      await launcher.says('Will wait');
      await expect(launcher.verdict).toContainText('goes-first');
      await launcher.send();
      await expect(main.row('comes-after')).toBeVisible();
      expect(await received(site, 'comes-after')).toMatchObject({
        items: [{ group_name: 'research', priority: 20, dependencies: [{ name: 'goes-first' }], user_email: me.email }],
      });
      writeFileSync(signal, '');
      await main.waitRunning('comes-after');
      const terminal = new TerminalPage(await berth.nextWindow(() => main.control('comes-after', 'Terminal').click()));
      await terminal.ready();
      await terminal.run('echo "openmp $OMP_NUM_THREADS, openblas $OPENBLAS_NUM_THREADS"');
      await expect.poll(() => terminal.text()).toContain('openmp 3, openblas 2');
      await terminal.page.close();
    });

    await test.step('an administrator looks somebody up, and starts a session that is theirs', async () => {
      await page.getByRole('button', { name: /^Site and account/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out…' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click();
      const admin = accountOf(site, 'admin');
      await signIn.signInAs({ endpoint, email: admin.email, password: admin.password });
      await main.ready();
      // What was told of the sessions of somebody else went with them.
      await expect(page.getByText('goes-first has ended')).toBeHidden();
      await launcher.open();
      await launcher.unfold('For someone else');
      await launcher.dialog.getByRole('checkbox', { name: 'Start for another user' }).check();
      await launcher.says('needs their e-mail and access key');
      const email = launcher.text('Their e-mail');
      await email.fill('nobody@sandbox.localhost');
      await email.press('Enter');
      await expect(launcher.dialog.getByText('Nobody on this site has this e-mail')).toBeVisible();
      await email.fill(me.email);
      await launcher.button('Look up').click();
      await expect(launcher.dialog.getByLabel('Their access key').first()).toHaveValue(me.accessKey);
      await launcher.dialog.getByLabel('Their project').first().click();
      await page.getByRole('option', { name: 'research' }).click();
      await expect(launcher.dialog.getByLabel('Resource group for them').first()).toHaveValue('default');
      await launcher.dialog.getByLabel('Resource group for them').first().click();
      await page.getByRole('option', { name: 'cpu-only' }).click({ timeout: 15_000 });
      await expect(launcher.summary).toContainText('Resource group cpu-only, project research');
      await look(page, 'owner', 'launcher');
      await launcher.text('Session name').fill('made-for-you');
      await expect(launcher.launch).toBeEnabled();
      await launcher.send();
      expect(await received(site, 'made-for-you')).toMatchObject({
        items: [{ user_email: me.email, group_name: 'research', scaling_group: 'cpu-only' }],
      });

      await main.go('Settings');
      await page.getByText('한국어').click();
      await page.getByRole('link', { name: '세션' }).click();
      await page.getByRole('button', { name: '세션 시작' }).first().click();
      const dialog = page.getByRole('dialog');
      for (const fold of ['다른 사람을 위해', '프로젝트, 우선순위'])
        await dialog.locator('summary', { hasText: fold }).first().click();
      await dialog.getByRole('checkbox', { name: '다른 사용자를 위해 시작' }).check();
      await expect(dialog.getByRole('textbox', { name: '그 사람의 이메일' })).toBeVisible();
      await look(page, 'owner-ko', 'launcher');
    });
  } finally {
    await site.process.stop();
    removeFolder(folder);
  }
});
