/**
 * Limits how many pieces of work run at a time, and how many under one key: slow work of one key does not block others for
 * long. Keys take turns. The queue is bounded too: when it is full, the newest entry of the key with the longest queue is
 * dropped, or the new work is refused at once. Nothing is kept of a key without work.
 */

interface LaneLimits {
  running: number;
  waiting: number;
  /** The limits of one key. */
  runningEach: number;
  waitingEach: number;
}

/** Too much work is waiting: try again in a moment. */
export class LanesFull extends Error {
  constructor() {
    super('Too many wait for the same.');
    this.name = 'LanesFull';
  }
}

interface Turn {
  begin(): void;
  giveUp(): void;
}

interface Lane {
  running: number;
  waiting: Turn[];
}

export class Lanes {
  /** The keys with running or waiting work; the first one has waited longest for a turn. */
  private readonly lanes = new Map<string, Lane>();
  private running = 0;
  private waiting = 0;

  constructor(private readonly limits: LaneLimits) {}

  /** How many keys have running or waiting work. */
  get keys(): number {
    return this.lanes.size;
  }

  /** Runs the work in its turn and returns its result. @throws LanesFull, at once or when other work takes the place */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lane = this.lanes.get(key) ?? { running: 0, waiting: [] };
    await this.turn(key, lane);
    try {
      return await work();
    } finally {
      lane.running--;
      this.running--;
      if (lane.running === 0 && lane.waiting.length === 0) this.lanes.delete(key);
      this.next();
    }
  }

  private turn(key: string, lane: Lane): Promise<void> | undefined {
    const runs = this.mayRun(lane);
    if (!runs && !this.hasRoom(lane)) return Promise.reject(new LanesFull());
    this.lanes.set(key, lane);
    if (runs) {
      this.begin(lane);
      return undefined;
    }
    this.waiting++;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        reject(new LanesFull());
      };
      lane.waiting.push({ begin: resolve, giveUp });
    });
  }

  private hasRoom(lane: Lane): boolean {
    if (lane.waiting.length >= this.limits.waitingEach) return false;
    return this.waiting < this.limits.waiting || this.makeRoom(lane.waiting.length + 1);
  }

  /** False where no key has more waiting than `own`. */
  private makeRoom(own: number): boolean {
    let longest: Lane | undefined;
    for (const lane of this.lanes.values()) {
      if (lane.waiting.length > (longest?.waiting.length ?? own)) longest = lane;
    }
    const newest = longest?.waiting.pop();
    if (!newest) return false;
    this.waiting--;
    newest.giveUp();
    return true;
  }

  private next(): void {
    for (const [key, lane] of this.lanes) {
      if (!lane.waiting.length || !this.mayRun(lane)) continue;
      this.lanes.delete(key); // its next turn comes after those of the others
      this.lanes.set(key, lane);
      this.waiting--;
      this.begin(lane);
      lane.waiting.shift()?.begin();
      return;
    }
  }

  private begin(lane: Lane): void {
    lane.running++;
    this.running++;
  }

  private mayRun(lane: Lane): boolean {
    return this.running < this.limits.running && lane.running < this.limits.runningEach;
  }
}
