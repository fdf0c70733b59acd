/** Which web contents is what. Only `windows.ts` claims; everything else asks. */
import type { WebContents } from 'electron';
import type { Claim } from './guard.ts';

export class Claims {
  readonly #claims = new WeakMap<WebContents, Claim>();

  set(contents: WebContents, claim: Claim): void {
    this.#claims.set(contents, claim);
  }

  get(contents: WebContents | null): Claim | undefined {
    return contents === null ? undefined : this.#claims.get(contents);
  }
}
