/**
 * The site's event hub: session and kernel events, and background tasks. Routes subscribe, the session service speaks.
 */
import { randomUUID } from 'node:crypto';
import type { Face } from '../face.ts';
import type { Session, SessionKernel, SessionStatus } from './session.ts';

export interface SessionEvent {
  readonly name: string;
  readonly session: Session;
  /** Of a kernel event; `null` for one of the session. */
  readonly kernel: SessionKernel | null;
  readonly reason: string;
}

type Listener = (event: SessionEvent) => void;

/** Kernel events are seven in every era. */
const kernelEvents: Partial<Record<SessionStatus, string>> = {
  PREPARING: 'kernel_preparing',
  PULLING: 'kernel_pulling',
  CREATING: 'kernel_creating',
  RUNNING: 'kernel_started',
  CANCELLED: 'kernel_cancelled',
  TERMINATING: 'kernel_terminating',
  TERMINATED: 'kernel_terminated',
};

const oldSessionEvents: Partial<Record<SessionStatus, string>> = {
  SCHEDULED: 'session_scheduled',
  RUNNING: 'session_started',
  CANCELLED: 'session_cancelled',
  TERMINATING: 'session_terminating',
  TERMINATED: 'session_terminated',
};

export class EventHub {
  private readonly face: Face;
  private readonly listeners = new Set<Listener>();

  constructor(face: Face) {
    this.face = face;
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Speaks of the status that the session has just entered, under the names of the face's era. */
  changed(session: Session, reason: string): void {
    const { status } = session;
    const modern = status === 'RUNNING' ? 'session_started' : `session_${status.toLowerCase()}`;
    const name = this.face.since('25.13') ? modern : oldSessionEvents[status];
    if (name !== undefined) this.speak({ name, session, kernel: null, reason });
    const kernelName = kernelEvents[status];
    if (kernelName === undefined) return;
    for (const kernel of session.kernels) this.speak({ name: kernelName, session, kernel, reason });
  }

  enqueued(session: Session): void {
    this.speak({ name: 'session_enqueued', session, kernel: null, reason: '' });
  }

  /** A batch session has its result. */
  finished(session: Session, reason: string): void {
    const name = session.result === 'SUCCESS' ? 'session_success' : 'session_failure';
    this.speak({ name, session, kernel: null, reason });
  }

  private speak(event: SessionEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}

export interface TaskState {
  readonly event: 'bgtask_updated' | 'bgtask_done' | 'bgtask_failed' | 'bgtask_cancelled';
  readonly message: string;
  readonly current: number;
  readonly total: number;
}

/** Managers remember a finished task for a day; so many are enough here. */
const maxTasks = 200;

/** Long jobs that a client can follow by id. */
export class BackgroundTasks {
  private readonly states = new Map<string, TaskState>();
  private readonly listeners = new Map<string, Set<(state: TaskState) => void>>();

  start(message: string): string {
    const id = randomUUID();
    this.states.set(id, { event: 'bgtask_updated', message, current: 0, total: 0 });
    const oldest = this.states.keys().next();
    if (this.states.size > maxTasks && !oldest.done) this.states.delete(oldest.value);
    return id;
  }

  update(id: string, state: TaskState): void {
    this.states.set(id, state);
    for (const listener of [...(this.listeners.get(id) ?? [])]) listener(state);
  }

  get(id: string): TaskState | null {
    return this.states.get(id) ?? null;
  }

  follow(id: string, listener: (state: TaskState) => void): () => void {
    const listeners = this.listeners.get(id) ?? new Set();
    listeners.add(listener);
    this.listeners.set(id, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.listeners.delete(id);
    };
  }
}
