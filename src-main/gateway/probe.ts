/** Asks a service whether it answers HTTP yet. */
import { request } from 'node:http';
import { BerthError } from '../base/berth-error.ts';
import type { GateAgent } from './gate-agent.ts';

const answerWithinMs = 5_000;
/** What a proxy in the container says while the program behind it is still starting. */
const notYet: ReadonlySet<number> = new Set([502, 503, 504]);

/** Null when it answers; else why not. */
export function probe(
  agent: GateAgent,
  target: { readonly path: string; readonly port: number },
): Promise<BerthError | null> {
  return new Promise((resolve) => {
    const asked = request({
      agent,
      method: 'GET',
      path: target.path,
      headers: { host: `127.0.0.1:${target.port}`, connection: 'close' },
    });
    const timer = setTimeout(() => {
      asked.destroy(new BerthError('service-timeout', { place: 'service', retry: 'auto' }));
    }, answerWithinMs);
    const finish = (result: BerthError | null): void => {
      clearTimeout(timer);
      resolve(result);
      asked.destroy();
    };
    asked.on('response', (response) => {
      response.on('error', () => undefined);
      const status = response.statusCode ?? 0;
      finish(
        notYet.has(status)
          ? new BerthError('service-timeout', { place: 'service', retry: 'auto', detail: `HTTP ${status}` })
          : null,
      );
    });
    asked.on('error', (error) => {
      finish(
        error instanceof BerthError && error.code !== 'cancelled'
          ? error
          : new BerthError('service-timeout', { place: 'service', retry: 'auto', cause: error }),
      );
    });
    asked.end();
  });
}
