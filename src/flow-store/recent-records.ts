/**
 * Records that this process wrote or read last, so that the next step of a walk finds them without asking the store.
 * Bounded by the length of what they hold; what was noted longest ago goes first.
 */
interface Noted<T> {
  record: T;
  /** Characters of its JSON. */
  length: number;
  /** By the clock of `performance.now()`. */
  notedAt: number;
}

const MAX_LENGTH = 2 * 2 ** 20;

export class RecentRecords<T> {
  private readonly noted = new Map<string, Noted<T>>();
  private held = 0;

  constructor(private readonly maxLength = MAX_LENGTH) {}

  /** The record as it was noted, and how many milliseconds ago. */
  find(key: string): { record: T; ageMs: number } | undefined {
    const found = this.noted.get(key);
    return found && { record: found.record, ageMs: performance.now() - found.notedAt };
  }

  note(key: string, record: T, length: number): void {
    this.forget(key); // the newest stands last
    this.noted.set(key, { record, length, notedAt: performance.now() });
    this.held += length;
    for (const oldest of this.noted.keys()) {
      if (this.held <= this.maxLength) return;
      this.forget(oldest);
    }
  }

  forget(key: string): void {
    const found = this.noted.get(key);
    if (!found) return;
    this.held -= found.length;
    this.noted.delete(key);
  }
}
