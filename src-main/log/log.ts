/**
 * Berth's log: one JSON object a line, written at once, so that the last line before a crash is there. Secrets are taken
 * out at the sink, not by those who write.
 */
import { chmodSync, closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { boundText, logValue } from './log-value.ts';
import { Redactor } from './redact.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface AreaLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface Log {
  /** Where the lines go. */
  readonly file: string;
  area(name: string): AreaLog;
  /** This value is a secret: it is taken out of every later line, whatever field or text it turns up in. */
  redact(value: string): void;
  /** Text made fit for other eyes, with the same rules as a log line. */
  clean(text: string): string;
  close(): void;
}

export interface LogOptions {
  readonly file: string;
  /** Lines below this level are not written. */
  readonly level?: LogLevel;
  readonly maxFileBytes?: number;
  /** The current file and the older ones beside it: `berth.log`, `berth.1.log`, `berth.2.log`. */
  readonly files?: number;
  readonly now?: () => Date;
}

const defaultMaxFileBytes = 2 * 1024 * 1024;
const defaultFiles = 3;
/** A line is cut at this length; a stack with its fields fits easily. */
const maxLineLength = 16_384;
/** After a failed write (disk full, folder gone) the next try waits, so that a full disk costs no time. */
const retryAfterMs = 10_000;

class FileLog implements Log {
  readonly file: string;
  readonly #redactor = new Redactor();
  readonly #least: number;
  readonly #maxFileBytes: number;
  readonly #files: number;
  readonly #now: () => Date;
  #descriptor: number | null = null;
  #size = 0;
  #notBefore = 0;
  #closed = false;

  constructor(options: LogOptions) {
    this.file = options.file;
    this.#least = logLevels.indexOf(options.level ?? 'info');
    this.#maxFileBytes = options.maxFileBytes ?? defaultMaxFileBytes;
    this.#files = options.files ?? defaultFiles;
    this.#now = options.now ?? (() => new Date());
  }

  area(name: string): AreaLog {
    const at =
      (level: LogLevel) =>
      (message: string, fields?: Readonly<Record<string, unknown>>): void =>
        this.#write(level, name, message, fields);
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  }

  redact(value: string): void {
    this.#redactor.add(value);
  }

  clean(text: string): string {
    return boundText(this.#redactor.text(text));
  }

  close(): void {
    this.#closed = true;
    this.#closeFile();
  }

  #write(level: LogLevel, area: string, message: string, fields: Readonly<Record<string, unknown>> | undefined): void {
    if (this.#closed || logLevels.indexOf(level) < this.#least) return;
    const head = { at: this.#now().toISOString(), level, area, message: logValue(message, this.#redactor) };
    let line = JSON.stringify(fields === undefined ? head : { ...head, fields: logValue(fields, this.#redactor) });
    if (line.length > maxLineLength) line = JSON.stringify({ ...head, fields: boundText(line, maxLineLength / 2) });
    this.#append(`${line}\n`);
  }

  #append(line: string): void {
    const now = Date.now();
    if (now < this.#notBefore) return;
    try {
      const bytes = Buffer.from(line);
      if (this.#descriptor !== null && this.#size + bytes.length > this.#maxFileBytes) this.#rotate();
      this.#descriptor ??= this.#open(bytes.length);
      writeSync(this.#descriptor, bytes);
      this.#size += bytes.length;
    } catch {
      // There is no other place to tell it; Berth must go on without a log.
      this.#notBefore = now + retryAfterMs;
      this.#closeFile();
    }
  }

  #open(needed: number): number {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    let size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > 0 && size + needed > this.#maxFileBytes) {
      this.#shift();
      size = 0;
    }
    // SECURITY: only the owner reads the log, also one that another program made before (log.test.ts, "mode").
    const descriptor = openSync(this.file, 'a', 0o600);
    chmodSync(this.file, 0o600);
    this.#size = size;
    return descriptor;
  }

  #rotate(): void {
    this.#closeFile();
    this.#shift();
  }

  #shift(): void {
    const older = (index: number): string =>
      index === 0 ? this.file : this.file.replace(/(\.log)?$/, `.${index}.log`);
    rmSync(older(this.#files - 1), { force: true });
    for (let index = this.#files - 2; index >= 0; index -= 1) {
      if (statSync(older(index), { throwIfNoEntry: false })) renameSync(older(index), older(index + 1));
    }
  }

  #closeFile(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

/** Opens nothing until the first line is written. */
export function createLog(options: LogOptions): Log {
  return new FileLog(options);
}

/** A log that keeps nothing, for tests and for parts that may run without one. */
export function silentLog(): Log {
  const nothing = (): void => {};
  const area: AreaLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  return { file: '', area: () => area, redact: nothing, clean: (text) => text, close: nothing };
}
