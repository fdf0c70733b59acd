/** Ownership: whoever makes a thing that must end keeps it in a Disposer and ends them all, last made first. */

export interface Disposable {
  dispose(): void | Promise<void>;
}

/** Collects what must end together. `dispose` is idempotent and ends everything even when one of them throws. */
export class Disposer implements Disposable {
  #items: Disposable[] = [];
  #disposed: Promise<void> | null = null;

  get isDisposed(): boolean {
    return this.#disposed !== null;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) void item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#run();
    return this.#disposed;
  }

  async #run(): Promise<void> {
    const errors: unknown[] = [];
    for (const item of this.#items.splice(0).reverse()) {
      try {
        await item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Some parts did not end cleanly');
  }
}
