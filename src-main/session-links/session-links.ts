/**
 * A link to a session that came from outside (the command line, the system), kept until a window takes it. Nothing is asked
 * of any site here: whose session it is and whether it may be seen is for the window that shows it.
 */
import { readSessionLink, type SessionLink } from '../../src-preload/contract/session-link.ts';
import { BerthError } from '../base/berth-error.ts';
import type { Emit, Handlers } from '../handlers.ts';

export class SessionLinks {
  readonly #emit: Emit;
  #requested: SessionLink | null = null;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** Throws BerthError `link-invalid`. */
  request(text: string): void {
    const link = readSessionLink(text);
    if (link === null) throw new BerthError('link-invalid', { place: 'computer' });
    this.#requested = link;
    this.#emit('sessionLinks', 'requested', {});
  }

  handlers(): Handlers['sessionLinks'] {
    return {
      takeRequested: async () => {
        const requested = this.#requested;
        this.#requested = null;
        return requested;
      },
    };
  }
}
