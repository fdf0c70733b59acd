/**
 * The local sandbox as a process of its own: started when asked for, ended with Berth. It dies by itself when Berth is
 * killed, because its stdin closes then.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { z } from 'zod';
import { BerthError } from '../base/berth-error.ts';
import type { Log } from '../log/log.ts';

/** The line that the sandbox prints (design, section 6). */
const SandboxLine = z.object({
  endpoint: z.string(),
  accessKey: z.string(),
  secretKey: z.string(),
  email: z.string(),
  password: z.string(),
  webserver: z.string().optional(),
});
export type SandboxInfo = z.infer<typeof SandboxLine>;

export type SandboxState =
  | { readonly state: 'stopped' | 'starting' }
  | { readonly state: 'running'; readonly info: SandboxInfo }
  | { readonly state: 'failed'; readonly error: BerthError };

export interface SandboxProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly log: Log;
  readonly startWithinMs?: number;
}

const defaultStartWithinMs = 20_000;
/** The sandbox ends its sessions' processes in this time; the rest of the 2 s for a clean end is Berth's own. */
const killAfterMs = 1_500;
const keptErrorBytes = 4_000;
const lastWordsWithinMs = 200;
const maxLineBytes = 64 * 1024;

function failure(detail: string, cause?: unknown): BerthError {
  return new BerthError('sandbox-failed', {
    place: 'computer',
    retry: 'user',
    detail,
    ...(cause === undefined ? {} : { cause }),
  });
}

export class SandboxProcess {
  readonly #options: SandboxProcessOptions;
  #state: SandboxState = { state: 'stopped' };
  #child: ChildProcessWithoutNullStreams | null = null;
  #starting: Promise<SandboxInfo> | null = null;
  #disposed = false;

  constructor(options: SandboxProcessOptions) {
    this.#options = options;
  }

  get state(): SandboxState {
    return this.#state;
  }

  /** The running sandbox; starts it when it does not run. Throws BerthError `sandbox-failed` with its last words. */
  start(): Promise<SandboxInfo> {
    if (this.#disposed) return Promise.reject(failure('Berth is ending'));
    if (this.#state.state === 'running') return Promise.resolve(this.#state.info);
    this.#starting ??= this.#run().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  /** Ends it and everything in it: SIGTERM, then SIGKILL. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const child = this.#child;
    if (child === null) return;
    await this.#end(child);
  }

  async #run(): Promise<SandboxInfo> {
    this.#state = { state: 'starting' };
    try {
      const info = await this.#spawn();
      this.#state = { state: 'running', info };
      return info;
    } catch (error) {
      const told =
        error instanceof BerthError ? error : failure(error instanceof Error ? error.message : String(error), error);
      this.#state = { state: 'failed', error: told };
      throw told;
    }
  }

  #spawn(): Promise<SandboxInfo> {
    const { command, args, log, startWithinMs = defaultStartWithinMs } = this.#options;
    const areaLog = log.area('sandbox');
    return new Promise((resolve, reject) => {
      const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
      this.#child = child;
      // The pipe breaks when the sandbox ends first; its exit tells that.
      child.stdin.on('error', () => {});
      let output = '';
      let lastWords = '';
      let isSettled = false;
      const timer = setTimeout(() => {
        settle(failure(`It did not get ready within ${startWithinMs / 1000} s. ${log.clean(lastWords)}`.trim()));
        void this.#end(child);
      }, startWithinMs);
      const settle = (outcome: SandboxInfo | BerthError): void => {
        if (isSettled) return;
        isSettled = true;
        clearTimeout(timer);
        if (outcome instanceof BerthError) reject(outcome);
        else resolve(outcome);
      };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (isSettled) return;
        output += text;
        const end = output.indexOf('\n');
        if (end < 0 && output.length < maxLineBytes) return;
        const info = parseLine(output.slice(0, end < 0 ? maxLineBytes : end));
        output = '';
        if (info === null) {
          settle(failure('Its first line is not the one that was agreed on.'));
          void this.#end(child);
          return;
        }
        // SECURITY: these open the sandbox; no log line may carry them (sandbox-process.itest.ts, "log").
        log.redact(info.secretKey);
        log.redact(info.password);
        areaLog.info('The sandbox runs', { endpoint: info.endpoint });
        settle(info);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        lastWords = (lastWords + text).slice(-keptErrorBytes);
      });
      child.once('error', (error) => {
        this.#child = null;
        settle(failure(`${command} could not be run: ${error.message}`, error));
      });
      let isOver = false;
      const over = (code: number | null, signal: NodeJS.Signals | null): void => {
        if (isOver) return;
        isOver = true;
        if (this.#child === child) this.#child = null;
        const how = signal === null ? `exit code ${code}` : signal;
        const told = failure(`It ended (${how}). ${log.clean(lastWords)}`.trim());
        settle(told);
        if (this.#disposed) this.#state = { state: 'stopped' };
        else if (this.#state.state === 'running') {
          areaLog.warn('The sandbox ended', { how, lastWords });
          this.#state = { state: 'failed', error: told };
        }
      };
      // `close` comes after the last words, but not while a process of the sandbox still holds the pipe.
      child.once('close', over);
      child.once('exit', (code, signal) => {
        setTimeout(over, lastWordsWithinMs, code, signal);
      });
    });
  }

  async #end(child: ChildProcessWithoutNullStreams): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdin.end();
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await ended;
    clearTimeout(timer);
  }
}

function parseLine(line: string): SandboxInfo | null {
  try {
    const parsed = SandboxLine.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON: told to the person as the wrong line that it is.
    return null;
  }
}
