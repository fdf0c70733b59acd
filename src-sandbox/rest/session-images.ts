/**
 * Keeping a session's container: as a file on the site (commit), or as an image to start from (imagify); API reference,
 * section 4.6.
 */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Call, callerOf, created, ok, optionalText, parameters, type Reply, textField } from '../http/call.ts';
import { badFields, badParameters, Problem } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import type { Session } from '../sessions/session.ts';
import type { Site } from '../site.ts';

const pack = promisify(execFile);

export function sessionImageRoutes(site: Site): readonly Route[] {
  const { sessions, tasks, customized, face } = site;

  const running = (call: Call): Session => {
    const session = sessions.store.live(call.params.s ?? '', callerOf(call));
    if (session.status !== 'RUNNING') throw badParameters("Can't commit not running session");
    return session;
  };

  const commit = async (call: Call): Promise<Reply> => {
    const session = running(call);
    const { running: kernel } = session.main;
    if (kernel === null) throw badParameters("Can't commit not running session");
    const name =
      optionalText(await parameters(call), 'filename', 'fname') ?? `${new Date().toISOString()}_${session.name}`;
    if (!/^[\w.:-]+$/.test(name)) throw badFields({ filename: 'is not a file name' });
    const folder = join(site.dataDir, 'commits', session.owner.userId);
    const path = join(folder, `${name}.tar.gz`);
    const task = tasks.start('Committing the session');
    session.commitStatus = 'ongoing';
    const work = async (): Promise<void> => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await pack('tar', ['-czf', path, '-C', kernel.home, '.']);
    };
    void work()
      .then(
        () => tasks.update(task, { event: 'bgtask_done', message: 'Committed the session', current: 1, total: 1 }),
        (error: unknown) =>
          tasks.update(task, { event: 'bgtask_failed', message: String(error), current: 0, total: 0 }),
      )
      .finally(() => {
        session.commitStatus = 'ready';
      });
    return created({ bgtask_id: task, kernel: session.main.id, path });
  };

  const status = (call: Call): Reply => {
    const { commitStatus, main } = sessions.store.live(call.params.s ?? '', callerOf(call));
    return ok({ status: commitStatus, kernel: main.id });
  };

  const imagify = async (call: Call): Promise<Reply> => {
    const session = running(call);
    const owner = callerOf(call);
    const fields = await parameters(call);
    const name = textField(fields, 'image_name');
    if (!/^[A-Za-z0-9._-]+$/.test(name)) throw badFields({ image_name: 'value does not match pattern' });
    if ((optionalText(fields, 'image_visibility') ?? 'user') !== 'user') {
      throw badParameters('Unsupported visibility scope');
    }
    const limit = sessions.usage.policyOf(owner).maxCustomizedImages;
    const current = customized.count(owner);
    if (current >= limit) {
      throw new Problem(face.since('25.15.1') ? 400 : 412, 'quota-exceeded', 'You have reached your resource limit.', {
        msg: `You have reached your customized image count quota. (current: ${current}, limit: ${limit})`,
        data: { limit, current },
      });
    }
    const task = tasks.start('Commit started');
    const step = (message: string, at: number): void =>
      tasks.update(task, { event: 'bgtask_updated', message, current: at, total: 3 });
    const work = async (): Promise<void> => {
      step('Commit started', 0);
      await new Promise((resolve) => setTimeout(resolve, sessions.paceMs));
      step('Committed image', 1);
      await new Promise((resolve) => setTimeout(resolve, sessions.paceMs));
      step('Pushed image to registry', 2);
      await customized.add(owner, name, session.image);
    };
    work().then(
      () => tasks.update(task, { event: 'bgtask_done', message: 'Completed', current: 3, total: 3 }),
      (error: unknown) => tasks.update(task, { event: 'bgtask_failed', message: String(error), current: 0, total: 3 }),
    );
    return ok({ task_id: task });
  };

  return [
    { method: 'POST', path: '/session/{s}/commit', handler: commit },
    { method: 'GET', path: '/session/{s}/commit', handler: status },
    { method: 'POST', path: '/session/{s}/imagify', handler: imagify },
  ];
}
