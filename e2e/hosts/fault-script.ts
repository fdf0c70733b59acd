/** A sandbox's fault script while it runs: written whole, so that the sandbox never reads half of one. */
import { renameSync, writeFileSync } from 'node:fs';

export class FaultScriptFile {
  readonly path: string;
  #written = 0;

  constructor(path: string) {
    this.path = path;
    this.clear();
  }

  /** @param script as `src-sandbox/faults/fault-file.ts` has it */
  write(script: Readonly<Record<string, unknown>>): void {
    // `seed` grows, so that two scripts in a row are never of one size, time and file.
    this.#written += 1;
    writeFileSync(`${this.path}.new`, JSON.stringify({ seed: this.#written, ...script }));
    renameSync(`${this.path}.new`, this.path);
  }

  clear(): void {
    this.write({});
  }
}
