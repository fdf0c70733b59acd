/**
 * The site's faults: reads the script, reads it again whenever its file changes, and stands in front of every face.
 * Exists only when the sandbox was started with `--faults`.
 */
import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Interceptor, refuseUpgrade, urlOf } from '../http/listener.ts';
import {
  type FaultPlace,
  type FaultRule,
  type FaultScript,
  noFaults,
  readFaultScript,
  type SuddenFault,
} from './fault-file.ts';
import { FaultRules } from './fault-rules.ts';
import { FaultyStream, type StreamFault } from './faulty-stream.ts';
import { endConnection, problemOf, spoil } from './spoil.ts';

/** How soon a change of the file is noticed when no request comes; a request looks by itself. */
const watchMs = 100;

export interface FaultHooks {
  readonly expireLogins: () => void;
  readonly cutConnections: () => void;
  readonly rotateHostKeys: () => void;
  readonly log: (line: string) => void;
}

/** One open tunnel that the script can reach. */
interface OpenTunnel {
  readonly stream: FaultyStream;
  readonly cut: () => void;
}

const isStreamRule = (rule: FaultRule): boolean => rule.fault.startsWith('tunnel-');

function streamFault(rule: FaultRule): StreamFault | null {
  switch (rule.fault) {
    case 'tunnel-cut':
      return { kind: 'cut', afterBytes: rule.afterBytes, bytes: 0, ms: 0 };
    case 'tunnel-half-open':
      return { kind: 'half-open', afterBytes: rule.afterBytes, bytes: 0, ms: 0 };
    case 'tunnel-stall':
      return { kind: 'stall', afterBytes: rule.afterBytes, bytes: 0, ms: rule.ms };
    case 'tunnel-drop':
      return { kind: 'drop', afterBytes: rule.afterBytes, bytes: rule.bytes, ms: 0 };
    case 'tunnel-delay':
      return { kind: 'delay', afterBytes: 0, bytes: 0, ms: rule.ms };
    default:
      return null;
  }
}

export class Faults {
  private readonly file: string;
  private readonly tunnels = new Set<OpenTunnel>();
  private hooks: FaultHooks | null = null;
  private script: FaultScript = noFaults;
  private rules = new FaultRules(noFaults);
  private stamp = '';

  private constructor(file: string) {
    this.file = file;
  }

  /** Throws an Error in one sentence when the script cannot be read. */
  static open(file: string): Faults {
    const faults = new Faults(file);
    faults.load();
    return faults;
  }

  /** Called once when the site stands; before it nothing is open that a sudden fault could meet. */
  begin(hooks: FaultHooks): void {
    this.hooks = hooks;
    watchFile(this.file, { interval: watchMs, persistent: false }, () => this.refresh());
    this.act(this.script.now);
  }

  close(): void {
    unwatchFile(this.file);
  }

  /** The site's own clock, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.script.clockSkewSeconds * 1000;
  }

  interceptor(place: FaultPlace): Interceptor {
    return {
      request: (request, response, next) => this.request(place, request, response, next),
      upgrade: (request, socket, next) => this.upgrade(place, request, socket, next),
    };
  }

  /** The tunnel's stream with its fault, if it meets one. `cut` ends the line, `silence` stops whatever answers pings. */
  tunnel(request: IncomingMessage, inner: Duplex, cut: () => void, silence: () => void): Duplex {
    const rule = this.next('manager', request, isStreamRule);
    const stream = new FaultyStream(inner, rule === null ? null : streamFault(rule), silence);
    const open = { stream, cut };
    this.tunnels.add(open);
    stream.once('close', () => this.tunnels.delete(open));
    return stream;
  }

  /** True when the SSH server must get another host key before this connection reaches it. */
  rotatesHostKey(request: IncomingMessage): boolean {
    return this.next('manager', request, ({ fault }) => fault === 'rotated-host-key') !== null;
  }

  private next(place: FaultPlace, request: IncomingMessage, wanted: (rule: FaultRule) => boolean): FaultRule | null {
    this.refresh();
    const url = urlOf(request);
    if (url === null) return null;
    const { pathname: path, searchParams: query } = url;
    const rule = this.rules.next({ place, method: request.method ?? 'GET', path, query }, wanted);
    if (rule !== null) this.hooks?.log(`fault ${rule.fault} on ${request.method ?? 'GET'} ${path} at the ${place}`);
    return rule;
  }

  private plain(place: FaultPlace, request: IncomingMessage): FaultRule | null {
    return this.next(place, request, (rule) => !isStreamRule(rule) && rule.fault !== 'rotated-host-key');
  }

  private async request(
    place: FaultPlace,
    request: IncomingMessage,
    response: ServerResponse,
    next: () => Promise<void>,
  ): Promise<void> {
    const rule = this.plain(place, request);
    if (this.script.clockSkewSeconds !== 0) response.setHeader('Date', new Date(this.now()).toUTCString());
    if (rule === null) return next();
    if (rule.fault === 'expired-login') this.hooks?.expireLogins();
    return spoil(rule, request, response, next);
  }

  private async upgrade(
    place: FaultPlace,
    request: IncomingMessage,
    socket: Duplex,
    next: () => Promise<void>,
  ): Promise<void> {
    const rule = this.plain(place, request);
    if (rule === null) return next();
    switch (rule.fault) {
      case 'cut':
      case 'reset': {
        const { fault, afterMs } = rule;
        if (afterMs === undefined) return endConnection(socket, fault);
        setTimeout(() => endConnection(socket, fault), afterMs).unref();
        return next();
      }
      case 'stall':
        return;
      case 'delay':
        await new Promise((resolve) => setTimeout(resolve, rule.ms));
        return next();
      case 'expired-login':
        this.hooks?.expireLogins();
        return next();
      case '401':
      case '403':
      case '404':
      case '429':
      case '500':
      case '502':
      case '503':
        return refuseUpgrade(socket, problemOf(Number(rule.fault) as 500));
      default:
        // Whatever else the network answers, it is no WebSocket.
        return endConnection(socket, 'cut');
    }
  }

  private stampNow(): string {
    const info = statSync(this.file, { bigint: true, throwIfNoEntry: false });
    return info === undefined ? '' : `${info.ino} ${info.size} ${info.mtimeNs}`;
  }

  private load(): void {
    // The stamp first: a change that comes while reading is then seen at the next look.
    const stamp = this.stampNow();
    if (stamp === '') throw new Error(`There is no fault script ${this.file}.`);
    this.script = readFaultScript(readFileSync(this.file, 'utf8'), this.file);
    this.rules = new FaultRules(this.script);
    this.stamp = stamp;
  }

  /** Takes over a changed file; a script that is wrong is told of, and the one before stays. */
  private refresh(): void {
    const stamp = this.stampNow();
    if (stamp === '' || stamp === this.stamp) return;
    try {
      this.load();
      this.act(this.script.now);
    } catch (error) {
      this.stamp = stamp;
      this.hooks?.log(error instanceof Error ? error.message : String(error));
    }
  }

  private act(sudden: readonly SuddenFault[]): void {
    for (const fault of sudden) {
      this.hooks?.log(`fault ${fault}`);
      if (fault === 'cut-tunnels') for (const { cut } of [...this.tunnels]) cut();
      else if (fault === 'half-open-tunnels') for (const { stream } of [...this.tunnels]) stream.fallSilent();
      else if (fault === 'cut-connections') this.hooks?.cutConnections();
      else if (fault === 'expire-logins') this.hooks?.expireLogins();
      else this.hooks?.rotateHostKeys();
    }
  }
}
