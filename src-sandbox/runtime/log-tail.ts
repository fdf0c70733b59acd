/** Keeps the last part of a text that grows without bound: what a session's log window shows. */

/** 1 MiB, the most that a manager hands out of a container's log. */
const defaultLimitBytes = 1024 * 1024;

export class LogTail {
  private readonly limitBytes: number;
  private chunks: Buffer[] = [];
  private sizeBytes = 0;

  constructor(limitBytes = defaultLimitBytes) {
    this.limitBytes = limitBytes;
  }

  append(data: Buffer | string): void {
    const chunk = typeof data === 'string' ? Buffer.from(data) : data;
    this.chunks.push(chunk.length > this.limitBytes ? chunk.subarray(chunk.length - this.limitBytes) : chunk);
    this.sizeBytes += this.chunks.at(-1)?.length ?? 0;
    while (this.sizeBytes > this.limitBytes) {
      const first = this.chunks[0];
      if (!first) break;
      const excess = this.sizeBytes - this.limitBytes;
      if (first.length <= excess) {
        this.chunks.shift();
        this.sizeBytes -= first.length;
      } else {
        this.chunks[0] = first.subarray(excess);
        this.sizeBytes -= excess;
      }
    }
  }

  line(text: string): void {
    this.append(`${text}\n`);
  }

  text(): string {
    const whole = Buffer.concat(this.chunks);
    this.chunks = [whole];
    return whole.toString('utf8');
  }
}
