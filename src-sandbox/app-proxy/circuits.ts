/**
 * What an app proxy keeps: tokens that the manager had made, circuits that came of them, and the permits of users
 * (tunnels reference, sections 2.3 to 2.5).
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { sameSecret } from '../auth/signature.ts';

/** Made when a service is started; says whose it is and where it listens. */
export interface ProxyToken {
  readonly id: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly app: string;
  connect(): Promise<Duplex>;
}

/** One app of one session at an address of its own. */
export interface Circuit {
  readonly id: string;
  readonly token: ProxyToken;
  readonly app: string;
  readonly openToPublic: boolean;
  /** Port mode: the port. Subdomain mode: the name. */
  readonly slot: string;
}

export const permitCookie = 'appproxy_permit';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export class Circuits {
  private readonly tokens = new Map<string, ProxyToken>();
  private readonly circuits = new Map<string, Circuit>();
  /** Made anew at each start: no permit outlives the sandbox. */
  private readonly secret = randomBytes(32);

  issue(token: Omit<ProxyToken, 'id'>): ProxyToken {
    const made = { ...token, id: randomUUID() };
    this.tokens.set(made.id, made);
    return made;
  }

  token(id: string): ProxyToken | null {
    return this.tokens.get(id) ?? null;
  }

  find(sessionId: string, app: string, openToPublic: boolean): Circuit | null {
    for (const circuit of this.circuits.values()) {
      if (circuit.token.sessionId !== sessionId || circuit.app !== app) continue;
      if (circuit.openToPublic === openToPublic) return circuit;
    }
    return null;
  }

  add(circuit: Omit<Circuit, 'id'>): Circuit {
    const made = { ...circuit, id: randomUUID() };
    this.circuits.set(made.slot, made);
    return made;
  }

  at(slot: string): Circuit | null {
    return this.circuits.get(slot) ?? null;
  }

  /** As the coordinator does with circuits of ended sessions, and with silent ones. */
  removeWhere(matches: (circuit: Circuit) => boolean): Circuit[] {
    const gone = [...this.circuits.values()].filter(matches);
    for (const { slot } of gone) this.circuits.delete(slot);
    return gone;
  }

  /** The same for every app and session of a user, which is why it is as good as a password. */
  permitOf(userId: string): string {
    const digest = createHmac('sha256', this.secret).update(userId).digest('hex');
    return Buffer.from(digest).toString('base64');
  }

  isPermit(userId: string, given: string): boolean {
    return sameSecret(this.permitOf(userId), given);
  }

  /** What a redirect to a worker carries. */
  setupToken(circuit: Circuit, redirect: string): string {
    const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ id: circuit.token.id, version: 'v2', redirect, circuit: circuit.slot })}`;
    return `${body}.${this.sign(body)}`;
  }

  /** `null` when it is not one of ours. */
  readSetup(token: string): { readonly circuit: Circuit | null; readonly redirect: string } | null {
    const [head = '', payload = '', signature = ''] = token.split('.');
    if (!sameSecret(this.sign(`${head}.${payload}`), signature)) return null;
    const read: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof read !== 'object' || read === null || !('circuit' in read) || !('redirect' in read)) return null;
    return { circuit: this.at(String(read.circuit)), redirect: String(read.redirect) };
  }

  private sign(body: string): string {
    return createHmac('sha256', this.secret).update(body).digest('base64url');
  }
}
