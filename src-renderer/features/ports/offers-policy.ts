/** Which of the ports that programs listen on in sessions are offered, and what is said of kernels where nobody could look. */
import type { Forward, ListeningPort, Unseen } from '../../../src-preload/contract/forwards.ts';
import type { Link } from '../../../src-preload/contract/links.ts';

export interface SeenSession {
  readonly link: Link;
  readonly kernels: readonly {
    readonly kernel: string;
    readonly ports: readonly ListeningPort[];
    readonly unseen?: Unseen | undefined;
  }[];
}

export interface Offer {
  readonly link: Link;
  readonly kernel: string;
  readonly ports: readonly ListeningPort[];
}

export interface UnseenKernels {
  readonly link: Link;
  readonly why: Unseen;
  readonly kernels: readonly string[];
}

/** One a kernel that has any, without those that are forwarded already. */
export function offersOf(sessions: readonly SeenSession[], forwards: readonly Forward[]): Offer[] {
  return sessions.flatMap(({ link, kernels }) =>
    kernels.flatMap(({ kernel, ports: all }) => {
      const ports = all.filter(
        // A program without a name is not the person's own: it can be asked for, and is not offered.
        ({ port, program }) =>
          program !== null &&
          !forwards.some((it) => it.sessionId === link.sessionId && it.port === port && it.kernel === kernel),
      );
      return ports.length === 0 ? [] : [{ link, kernel, ports }];
    }),
  );
}

/** Those of a session that were not seen for the same reason belong together. */
export function unseenOf(sessions: readonly SeenSession[]): UnseenKernels[] {
  return sessions.flatMap(({ link, kernels }) =>
    [...new Set(kernels.flatMap(({ unseen }) => (unseen ? [unseen] : [])))].map((why) => ({
      link,
      why,
      kernels: kernels.filter(({ unseen }) => unseen === why).map(({ kernel }) => kernel),
    })),
  );
}
