/** What was opened and must be closed, last in, first out. */

/** Something that was opened and must be closed. */
export interface Releasable {
  release(): Promise<void>;
}

/** Collects what was opened and closes it in reverse, once; the first fault is kept, the rest still close. */
export class Releases {
  private readonly stack: { name: string; release: () => Promise<void> }[] = [];
  private done: Promise<void> | null = null;

  add<T extends Releasable>(name: string, opened: T): T {
    this.stack.push({ name, release: () => opened.release() });
    return opened;
  }

  defer(name: string, release: () => Promise<void>): void {
    this.stack.push({ name, release });
  }

  releaseAll(): Promise<void> {
    this.done ??= this.releaseInReverse();
    return this.done;
  }

  private async releaseInReverse(): Promise<void> {
    let first: unknown;
    for (let entry = this.stack.pop(); entry !== undefined; entry = this.stack.pop()) {
      try {
        await entry.release();
      } catch (error) {
        first ??= new Error(`closing ${entry.name} failed`, { cause: error });
      }
    }
    if (first !== undefined) throw first;
  }
}
