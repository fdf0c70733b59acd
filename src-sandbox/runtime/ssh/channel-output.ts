/**
 * Writes to a server-side SSH channel, stdout and stderr strictly one after the other.
 *
 * ssh2 1.17 keeps a chunk that waited for window after it was sent, and sends it once more when stderr waits later; two
 * writers that wait at once lose one. One writer at a time, and clearing what it kept, avoids both.
 */
import type { ServerChannel } from 'ssh2';

interface WaitingParts {
  _chunk: unknown;
  _chunkcb: unknown;
  _chunkErr: unknown;
  _chunkcbErr: unknown;
}

export class ChannelOutput {
  readonly channel: ServerChannel;
  private turn: Promise<void> = Promise.resolve();
  private abandoned = false;
  /** Ends the one write that waits; kept apart from a race of promises, which would grow with every write. */
  private release: () => void = () => {};

  constructor(channel: ServerChannel) {
    this.channel = channel;
  }

  /** Resolves with whether the data was taken; false once the channel is closed. */
  async write(to: 'stdout' | 'stderr', data: Buffer): Promise<boolean> {
    const sent = this.turn.then(() => this.writeNow(to, data));
    this.turn = sent;
    await sent;
    return !this.abandoned;
  }

  /** The channel is gone: whoever still waits to write stops waiting. */
  abandon(): void {
    this.abandoned = true;
    this.release();
  }

  get isAbandoned(): boolean {
    return this.abandoned;
  }

  private writeNow(to: 'stdout' | 'stderr', data: Buffer): Promise<void> {
    if (this.abandoned || !this.channel.writable) return Promise.resolve();
    return new Promise((resolve) => {
      this.release = resolve;
      const stream = to === 'stdout' ? this.channel : this.channel.stderr;
      stream.write(data, () => {
        const waiting = this.channel as unknown as WaitingParts;
        waiting._chunk = undefined;
        waiting._chunkcb = undefined;
        waiting._chunkErr = undefined;
        waiting._chunkcbErr = undefined;
        resolve();
      });
    });
  }
}
