/**
 * The queue for the database: for a connection, or for a place in a shared statement. Nothing waits for longer than
 * `database.max_wait`; the numbers of waiting and served entries tell how much more can be accepted.
 */
export class DatabaseLoad {
  /** The number of waiting entries at this moment. */
  waiting = 0;
  /** The number of entries served since the start. */
  turns = 0;

  /** @param seconds the longest wait at this moment; 0: no limit */
  constructor(private readonly seconds: () => number) {}

  /** In milliseconds; 0: no limit. */
  get maxWait(): number {
    return this.seconds() * 1_000;
  }
}

/** The entries that wait for the same thing, in the order of their arrival. */
export class WaitingQueue<Place extends object> {
  /** The arrival time of each entry, by `performance.now()`. */
  private readonly places = new Map<Place, number>();
  private timer: NodeJS.Timeout | undefined;

  /** @param giveUp is called with an entry that has waited for too long, after it has left the queue */
  constructor(
    private readonly load: DatabaseLoad,
    private readonly giveUp: (place: Place) => void,
  ) {}

  get length(): number {
    return this.places.size;
  }

  add(place: Place): void {
    this.places.set(place, performance.now());
    this.load.waiting++;
    this.watch();
  }

  /** Takes this entry from the queue. False where it has given up. */
  remove(place: Place): boolean {
    if (!this.places.delete(place)) return false;
    this.load.waiting--;
    return true;
  }

  /** Takes the first entries from the queue, without those that have waited for too long. */
  take(count: number): Place[] {
    this.expire();
    const taken: Place[] = [];
    for (const place of this.places.keys()) {
      if (taken.length >= count) break;
      taken.push(place);
    }
    for (const place of taken) this.remove(place);
    return taken;
  }

  private expire(): void {
    const { maxWait } = this.load;
    if (maxWait <= 0) return;
    const oldest = performance.now() - maxWait;
    for (const [place, since] of this.places) {
      if (since > oldest) break;
      this.remove(place);
      this.giveUp(place);
    }
  }

  /** One timer, for the first in the queue: later entries give up later. */
  private watch(): void {
    const { maxWait } = this.load;
    if (this.timer || maxWait <= 0) return;
    const [since] = this.places.values();
    if (since === undefined) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.expire();
        this.watch();
      },
      Math.max(1, since + maxWait - performance.now()),
    );
    this.timer.unref();
  }
}
