/** One command in a container: input as bytes, output in pieces, ended when the caller no longer wants it. */
import { BerthError } from '../base/berth-error.ts';
import type { SshConnection } from '../links/ssh-connection.ts';

export interface RemoteRun {
  readonly input?: Buffer;
  readonly signal: AbortSignal;
  /** Answering true ends the command: enough was read. */
  onData(chunk: Buffer): boolean | undefined;
}

/**
 * Resolves with the exit code, null when it was ended from here.
 * @throws BerthError `tunnel-lost`, `tunnel-refused`, or `cancelled` once the signal aborts
 */
export async function runRemote(connection: SshConnection, command: string, run: RemoteRun): Promise<number | null> {
  const cancelled = (): BerthError => new BerthError('cancelled', { place: 'computer' });
  if (run.signal.aborted) throw cancelled();
  const stream = await connection.exec(command);
  return await new Promise<number | null>((resolve, reject) => {
    const onAbort = (): void => settle(() => reject(cancelled()), true);
    const settle = (act: () => void, destroy: boolean): void => {
      run.signal.removeEventListener('abort', onAbort);
      stream.removeAllListeners('data');
      if (destroy) stream.destroy();
      act();
    };
    if (run.signal.aborted) {
      onAbort();
      return;
    }
    run.signal.addEventListener('abort', onAbort, { once: true });
    stream.on('error', (error: Error) =>
      settle(
        () =>
          reject(
            error instanceof BerthError
              ? error
              : new BerthError('tunnel-lost', { place: 'container', retry: 'auto', cause: error }),
          ),
        false,
      ),
    );
    stream.on('data', (chunk: Buffer) => {
      if (run.onData(chunk)) settle(() => resolve(null), true);
    });
    stream.on('close', () => settle(() => resolve(stream.exitCode), false));
    // Cut between its opening and this line: what it would tell was told already.
    if (stream.destroyed) {
      settle(() => reject(new BerthError('tunnel-lost', { place: 'container', retry: 'auto' })), false);
      return;
    }
    if (run.input) stream.end(run.input);
  });
}

/** All output of a command. Throws BerthError as `runRemote`, and `bad-answer` beyond `maxBytes`. */
export async function readRemote(
  connection: SshConnection,
  command: string,
  options: { readonly input?: Buffer; readonly signal: AbortSignal; readonly maxBytes: number },
): Promise<{ readonly output: Buffer; readonly exitCode: number | null }> {
  const chunks: Buffer[] = [];
  let length = 0;
  const exitCode = await runRemote(connection, command, {
    ...(options.input ? { input: options.input } : {}),
    signal: options.signal,
    onData: (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      return length > options.maxBytes;
    },
  });
  if (length > options.maxBytes) {
    throw new BerthError('bad-answer', { place: 'container', params: { reason: 'too-long' } });
  }
  return { output: Buffer.concat(chunks), exitCode };
}
