/** Runs the work of one key one after another, in the order of the calls; different keys do not wait for each other. */
export class KeyedMutex {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Returns the result of the work. A failure concerns its caller only. */
  async runExclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(key);
    const mine = before ? before.then(work) : work();
    const settled = mine.catch(() => undefined);
    this.last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.last.get(key) === settled) this.last.delete(key);
    }
  }

  /** The number of keys with running or waiting work. */
  get size(): number {
    return this.last.size;
  }
}
