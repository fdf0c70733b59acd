/** A link whose connections, time and surroundings do what a test says. */
import { BerthError } from '../../base/berth-error.ts';
import { Link } from '../link.ts';
import type { Connection } from '../link-use.ts';
import { FakeClock } from './fake-clock.ts';

export class FakeConnection implements Connection {
  bytesIn = 10;
  bytesOut = 20;
  ended = false;
  probes = 0;
  late: (goneInMs: number | null) => void = () => undefined;
  #listeners: ((error: BerthError) => void)[] = [];

  onClose(listener: (error: BerthError) => void): void {
    this.#listeners.push(listener);
  }
  onLate(listener: (goneInMs: number | null) => void): void {
    this.late = listener;
  }
  probe(): void {
    this.probes += 1;
  }
  end(): void {
    this.ended = true;
  }
  cut(error = lost()): void {
    this.ended = true;
    for (const listener of this.#listeners) listener(error);
  }
}

export const lost = () => new BerthError('tunnel-lost', { place: 'site', retry: 'auto' });

export interface FakeLink {
  readonly clock: FakeClock;
  readonly link: Link<FakeConnection>;
  readonly connections: FakeConnection[];
  readonly signals: AbortSignal[];
  readonly around: { hasNetwork: boolean; isSignedIn: boolean };
  tries: number;
  idleMinutes: number;
  /** What comes of a try. */
  answer: () => Promise<FakeConnection>;
}

export function fakeLink(): FakeLink {
  const clock = new FakeClock();
  const it: FakeLink = {
    clock,
    connections: [],
    signals: [],
    around: { hasNetwork: true, isSignedIn: true },
    tries: 0,
    idleMinutes: 30,
    answer: async () => {
      const connection = new FakeConnection();
      it.connections.push(connection);
      return connection;
    },
    link: new Link<FakeConnection>({
      accountId: 'account-1',
      sessionId: 'session',
      sessionName: () => 'notes',
      connect: (signal) => {
        it.tries += 1;
        it.signals.push(signal);
        return it.answer();
      },
      idleMinutes: () => it.idleMinutes,
      surroundings: () => ({ ...it.around }),
      clock,
      random: () => 0.5,
    }),
  };
  return it;
}
