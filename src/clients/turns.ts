/** Work under one key is done one after another, in the order in which it came; work under different keys is not. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Gives what the work gives; a failure is its own and delays nobody. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
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

  /** Keys under which something is being done. */
  get size(): number {
    return this.last.size;
  }
}
