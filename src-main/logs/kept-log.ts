/**
 * One container's log on this computer: a file that only grows, beside it what is known of it. Readable by its owner only.
 * Everything about lines is read from the file; in memory stand the index and one block at a time.
 */
import { createWriteStream } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { withoutSequences } from './ansi-policy.ts';
import { colourAfter, LineIndex } from './line-index.ts';
import { block, findAddition } from './log-merge.ts';

const blockBytes = 1024 * 1024;
/** Text of this size is young and soon given back; larger texts (over 128 KiB) stay until the whole heap is looked through. */
const searchedBytes = 64 * 1024;
/** What a window gets of one line; nobody reads more, and one line must not fill it. */
const maxLineLength = 16 * 1024;
/** What one read takes from the file at most, however long its lines are. */
const maxReadBytes = 8 * 1024 * 1024;
const maxFoundLines = 100_000;

const Facts = z.object({
  version: z.literal(1),
  session: z.string(),
  site: z.string(),
  bytes: z.number().int().nonnegative(),
  answerStart: z.number().int().nonnegative(),
  gaps: z.array(z.number().int()),
  dropped: z.number().int().nonnegative(),
  asOf: z.string().nullable(),
  ended: z.boolean(),
});
export type LogFacts = z.infer<typeof Facts>;

export interface FoundLines {
  readonly lines: number[];
  readonly matches: number;
  readonly complete: boolean;
}

export class KeptLog {
  readonly path: string;
  readonly #file: FileHandle;
  #index = new LineIndex();
  #facts: LogFacts;
  #epoch = 1;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: FileHandle, facts: LogFacts) {
    this.path = path;
    this.#file = file;
    this.#facts = facts;
  }

  /** Opens what is kept at `path`, or begins it. @param of names for whoever looks at the folder */
  static async open(path: string, of: { readonly session: string; readonly site: string }): Promise<KeptLog> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // SECURITY: logs hold what people print; no other user may read them (kept-log.test.ts, "is private").
    const file = await open(path, 'a+', 0o600);
    await file.chmod(0o600);
    const { size } = await file.stat();
    const known = await readFacts(path);
    const facts = known ?? {
      version: 1,
      ...of,
      bytes: size,
      answerStart: 0,
      gaps: [],
      dropped: 0,
      asOf: null,
      ended: false,
    };
    // Berth was killed between the text and its facts: the text counts as far as the facts know it.
    if (size > facts.bytes) await file.truncate(facts.bytes);
    const log = new KeptLog(
      path,
      file,
      size < facts.bytes ? { ...facts, bytes: size, answerStart: 0, gaps: [] } : facts,
    );
    await log.#indexAll();
    return log;
  }

  get facts(): LogFacts {
    return this.#facts;
  }

  get lines(): number {
    return this.#index.lines;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Takes in a whole answer of the site. @returns true when it brought something new */
  merge(answer: AsyncIterable<Buffer>, at: string, ended: boolean, maxBytes: number): Promise<boolean> {
    return this.#alone(async () => {
      const draft = `${this.path}.answer`;
      // The answer is compared as a file: it may be as large as what is kept.
      const stream = createWriteStream(draft, { mode: 0o600, highWaterMark: blockBytes });
      await pipeline(answer, stream);
      const file = await open(draft, 'r');
      try {
        const { size } = await file.stat();
        return await this.#take(file, size, at, ended, maxBytes);
      } finally {
        await file.close();
        await rm(draft, { force: true });
      }
    });
  }

  /** The site cannot tell more: what is here stays. */
  end(): Promise<void> {
    return this.#alone(() => this.#remember({ ...this.#facts, ended: true }));
  }

  /** Lines from `from`; fewer than `count` where the log ends or lines are very long. */
  async read(from: number, count: number): Promise<{ sgr: string; lines: { text: string; cut: boolean }[] }> {
    const mark = this.#index.before(from);
    const lines: { text: string; cut: boolean }[] = [];
    let before = '';
    let line = mark.line;
    let rest: Buffer = Buffer.alloc(0);
    let offset = mark.offset;
    const end = this.#index.bytes;
    const last = Math.min(offset + maxReadBytes, end);
    while (lines.length < count && (offset < end || rest.byteLength > 0)) {
      const fresh = await block(this.#file, offset, Math.min(end, offset + blockBytes / 4));
      offset += fresh.byteLength;
      rest = rest.byteLength === 0 ? fresh : Buffer.concat([rest, fresh]);
      let at = 0;
      while (lines.length < count) {
        const found = rest.indexOf(0x0a, at);
        const isLast = found < 0 && (offset >= end || offset >= last);
        if (found < 0 && !isLast) break;
        const to = found < 0 ? rest.byteLength : found;
        if (found < 0 && at >= rest.byteLength) break;
        if (line >= from) lines.push(cutLine(rest.subarray(at, to)));
        else before += `${rest.toString('latin1', at, Math.min(to, at + maxLineLength))}\n`;
        line++;
        at = found < 0 ? rest.byteLength : found + 1;
      }
      rest = rest.subarray(at);
      if (offset >= end || offset >= last) break;
    }
    return { sgr: colourAfter(mark.sgr, before), lines };
  }

  /** Lines that hold `text`, escape sequences not counted. Lets others work in between. */
  async search(text: string, matchCase: boolean, signal: AbortSignal): Promise<FoundLines> {
    const wanted = matchCase ? text : text.toLowerCase();
    const lines: number[] = [];
    let matches = 0;
    let line = 0;
    let rest: Buffer = Buffer.alloc(0);
    const end = this.#index.bytes;
    // A block is read whole and looked through piece by piece; only what is left of a line outlives a piece.
    const buffer = Buffer.allocUnsafe(blockBytes);
    let read: Buffer = Buffer.alloc(0);
    for (let offset = 0; offset < end || rest.byteLength > 0; ) {
      if (signal.aborted) return { lines, matches, complete: false };
      if (read.byteLength === 0) read = await block(this.#file, offset, Math.min(end, offset + blockBytes), buffer);
      const fresh = read.subarray(0, searchedBytes);
      // Cut short meanwhile, because the log reached its bound.
      if (fresh.byteLength === 0 && offset < end) return { lines, matches, complete: false };
      read = read.subarray(fresh.byteLength);
      offset += fresh.byteLength;
      const whole = rest.byteLength === 0 ? fresh : Buffer.concat([rest, fresh]);
      const lastBreak = whole.lastIndexOf(0x0a);
      // Only whole lines, unless one is longer than a block or the log ends.
      const isWhole = offset >= end || (lastBreak < 0 && whole.byteLength >= blockBytes);
      const until = isWhole ? whole.byteLength : lastBreak + 1;
      const plain = withoutSequences(whole.toString('utf8', 0, until));
      const searched = matchCase ? plain : plain.toLowerCase();
      // Copied: the buffer is read into again.
      rest = Buffer.from(whole.subarray(until));
      let counted = 0;
      for (let at = searched.indexOf(wanted); at >= 0; at = searched.indexOf(wanted, at + wanted.length)) {
        for (
          let next = searched.indexOf('\n', counted);
          next >= 0 && next < at;
          next = searched.indexOf('\n', counted)
        ) {
          line++;
          counted = next + 1;
        }
        matches++;
        if (lines.at(-1) !== line && lines.length < maxFoundLines) lines.push(line);
      }
      for (let next = searched.indexOf('\n', counted); next >= 0; next = searched.indexOf('\n', next + 1)) line++;
      if (offset >= end) break;
    }
    return { lines, matches, complete: lines.length < maxFoundLines };
  }

  /** The whole text, block by block; whole lines when `plain`, without escape sequences. */
  async *text(plain: boolean): AsyncGenerator<Buffer> {
    let rest: Buffer = Buffer.alloc(0);
    const end = this.#index.bytes;
    for (let offset = 0; offset < end; ) {
      const fresh = await block(this.#file, offset, Math.min(end, offset + blockBytes));
      if (fresh.byteLength === 0) return;
      offset += fresh.byteLength;
      if (!plain) {
        yield fresh;
        continue;
      }
      const whole = Buffer.concat([rest, fresh]);
      const until = offset >= end ? whole.byteLength : whole.lastIndexOf(0x0a) + 1;
      rest = whole.subarray(until);
      yield Buffer.from(withoutSequences(whole.toString('utf8', 0, until)));
    }
  }

  /** After `close`. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    await rm(`${this.path}.json`, { force: true });
  }

  async close(): Promise<void> {
    await this.#work.catch(() => undefined);
    await this.#file.close();
  }

  async #take(file: FileHandle, size: number, at: string, ended: boolean, maxBytes: number): Promise<boolean> {
    const { bytes, answerStart, gaps } = this.#facts;
    // Finished sessions whose log the site has dropped answer an empty one: what is kept stays.
    const addition =
      size === 0
        ? { from: 0, answerStart, gap: false }
        : await findAddition({ file: this.#file, from: answerStart, to: bytes }, { file, from: 0, to: size });
    const gapLines = [...gaps];
    let start = addition.answerStart;
    if (addition.gap) {
      if (bytes > 0 && this.#index.endsOpen) {
        await this.#append(Buffer.from('\n'));
        start++;
      }
      gapLines.push(this.#index.lines);
    }
    for (let offset = addition.from; offset < size; offset += blockBytes) {
      await this.#append(await block(file, offset, Math.min(size, offset + blockBytes)));
    }
    await this.#remember({
      ...this.#facts,
      bytes: this.#index.bytes,
      answerStart: start,
      gaps: gapLines.slice(-1000),
      asOf: at,
      ended,
    });
    if (this.#index.bytes > maxBytes) await this.#trim(maxBytes);
    return this.#index.bytes !== bytes || addition.gap;
  }

  async #append(chunk: Buffer): Promise<void> {
    await this.#file.write(chunk);
    this.#index.append(chunk);
  }

  /** Drops whole lines at the front, so that about three quarters of the bound stay. */
  async #trim(maxBytes: number): Promise<void> {
    const from = this.#index.bytes - Math.floor(maxBytes * 0.75);
    const at = await block(this.#file, from, Math.min(this.#index.bytes, from + blockBytes));
    const cut = from + at.indexOf(0x0a) + 1;
    const draft = `${this.path}.trimmed`;
    const output = await open(draft, 'w', 0o600);
    let droppedLines = 0;
    for (let offset = 0; offset < cut; offset += blockBytes) {
      const gone = await block(this.#file, offset, Math.min(cut, offset + blockBytes));
      for (let next = gone.indexOf(0x0a); next >= 0; next = gone.indexOf(0x0a, next + 1)) droppedLines++;
    }
    for (let offset = cut; offset < this.#index.bytes; offset += blockBytes) {
      await output.write(await block(this.#file, offset, Math.min(this.#index.bytes, offset + blockBytes)));
    }
    await output.close();
    // The open handle must go on to mean this file: its content is replaced in place.
    const source = await open(draft, 'r');
    await this.#file.truncate(0);
    const { size } = await source.stat();
    this.#index = new LineIndex();
    for (let offset = 0; offset < size; offset += blockBytes) {
      await this.#append(await block(source, offset, Math.min(size, offset + blockBytes)));
    }
    await source.close();
    await rm(draft, { force: true });
    this.#epoch++;
    await this.#remember({
      ...this.#facts,
      bytes: this.#index.bytes,
      answerStart: Math.max(0, this.#facts.answerStart - cut),
      gaps: this.#facts.gaps.map((line) => line - droppedLines).filter((line) => line > 0),
      dropped: this.#facts.dropped + droppedLines,
    });
  }

  async #remember(facts: LogFacts): Promise<void> {
    this.#facts = facts;
    const draft = `${this.path}.json.tmp`;
    await writeFile(draft, JSON.stringify(facts), { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, `${this.path}.json`);
  }

  async #indexAll(): Promise<void> {
    const { size } = await this.#file.stat();
    const buffer = Buffer.allocUnsafe(Math.min(size, blockBytes));
    for (let offset = 0; offset < size; offset += blockBytes) {
      this.#index.append(await block(this.#file, offset, Math.min(size, offset + blockBytes), buffer));
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work, work);
    this.#work = result.catch(() => undefined);
    return result;
  }
}

function cutLine(bytes: Buffer): { text: string; cut: boolean } {
  const cut = bytes.byteLength > maxLineLength;
  const text = (cut ? bytes.subarray(0, maxLineLength) : bytes).toString('utf8');
  return { text: text.endsWith('\r') ? text.slice(0, -1) : text, cut };
}

/** Null when there are none, or none that can be read. */
export async function readFacts(path: string): Promise<LogFacts | null> {
  try {
    const parsed = Facts.safeParse(JSON.parse(await readFile(`${path}.json`, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // Nothing is kept yet, or it was damaged: the text itself still counts.
    return null;
  }
}
