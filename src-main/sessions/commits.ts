/** Sessions that are being saved as an image: started here, followed to their end, told to windows. */
import type { TaskProgress } from '../../src-preload/contract/session-facts.ts';
import type { Accounts } from '../backend/site-api.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Emit } from '../handlers.ts';
import type { AreaLog } from '../log/log.ts';

interface SessionRef {
  readonly accountId: string;
  readonly sessionId: string;
}

export interface CommitsOptions {
  readonly accounts: Accounts;
  readonly emit: Emit;
  readonly log: AreaLog;
  /** The site is through with it, or it was lost sight of. */
  readonly onOver: (ref: SessionRef, imageName: string, last: TaskProgress) => void;
}

export class Commits {
  readonly #options: CommitsOptions;
  readonly #known = new Map<string, TaskProgress>();
  readonly #abort = new AbortController();

  constructor(options: CommitsOptions) {
    this.#options = options;
  }

  /** The last that is known of the session's image; null when none was asked for since Berth runs. */
  state({ accountId, sessionId }: SessionRef): TaskProgress | null {
    return this.#known.get(`${accountId}/${sessionId}`) ?? null;
  }

  /** Resolves once the site has taken it on; progress comes as events. Throws what the site refuses. */
  async start(ref: SessionRef, imageName: string, signal?: AbortSignal): Promise<void> {
    const api = this.#options.accounts.api(ref.accountId);
    const taskId = await api.imagify(ref.sessionId, imageName, signal);
    this.#tell(ref, { state: 'running', message: '', fraction: null });
    api
      .followTask(taskId, (progress) => this.#tell(ref, progress), this.#abort.signal)
      .then(
        (last) => this.#over(ref, imageName, last),
        (error: unknown) => {
          if (this.#abort.signal.aborted) return;
          this.#options.log.warn('The task that saves a session as an image was lost sight of', { error });
          const message = error instanceof BerthError ? (error.detail ?? error.code) : 'internal';
          this.#over(ref, imageName, { state: 'failed', message, fraction: null });
        },
      );
  }

  dispose(): void {
    this.#abort.abort();
  }

  #over(ref: SessionRef, imageName: string, last: TaskProgress): void {
    this.#tell(ref, last);
    this.#options.onOver(ref, imageName, last);
  }

  #tell(ref: SessionRef, progress: TaskProgress): void {
    this.#known.set(`${ref.accountId}/${ref.sessionId}`, progress);
    this.#options.emit('sessions', 'committing', { ...ref, progress });
  }
}
