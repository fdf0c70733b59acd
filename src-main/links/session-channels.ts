/**
 * Opening exec and shell channels one after another. While one of its programs ends, dropbear (2022.83, measured: up to
 * 1 in 3) may close the session channel that was opened in the same moment; so a new one waits for endings, and is asked
 * for again when it was refused for no reason.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../base/berth-error.ts';
import type { ChannelDuplex } from './channel-duplex.ts';

const waitForEndingsMs = 300;
const retryAfterMs = [50, 200] as const;

export class SessionChannels {
  readonly #ending = new Set<Promise<void>>();

  /** @param ask opens the channel; throws BerthError */
  open(ask: () => Promise<ChannelDuplex>, isDead: () => boolean): Promise<ChannelDuplex> {
    const asked = async (): Promise<ChannelDuplex> => {
      const stream = await ask();
      this.#watch(stream);
      return stream;
    };
    return this.inTurn(asked, isDead, (error) => error.code === 'tunnel-refused');
  }

  /**
   * The same for what is no plain channel.
   * @param isOdd whether this refusal may be none
   */
  async inTurn<T>(ask: () => Promise<T>, isDead: () => boolean, isOdd: (error: BerthError) => boolean): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      await this.#endings();
      try {
        return await ask();
      } catch (error) {
        const delayMs = retryAfterMs[attempt];
        if (!(error instanceof BerthError) || !isOdd(error) || isDead() || delayMs === undefined) throw error;
        await sleep(delayMs);
      }
    }
  }

  #watch(stream: ChannelDuplex): void {
    const { channel } = stream;
    let isEnding = false;
    const onEnding = (): void => {
      if (isEnding) return;
      isEnding = true;
      const closed = new Promise<void>((resolve) => channel.once('close', () => resolve()));
      this.#ending.add(closed);
      closed.finally(() => this.#ending.delete(closed));
    };
    channel.once('end', onEnding);
    stream.once('close', onEnding);
    channel.once('close', () => {
      isEnding = true;
    });
  }

  async #endings(): Promise<void> {
    if (this.#ending.size === 0) return;
    const limit = new AbortController();
    await Promise.race([
      Promise.all(this.#ending),
      sleep(waitForEndingsMs, undefined, { signal: limit.signal }).catch(() => undefined),
    ]);
    limit.abort();
  }
}
