/**
 * The bounded queue in front of hashing: it limits how many hashes run, so that the thread pool keeps a thread for everything
 * else, and how many wait, so that no answer comes after its requester has gone. Beyond that a caller is refused at once.
 *
 * Turns are shared by client and by network address, so that a flood of wrong secrets for one client, or from one address,
 * does not delay the others: turns alternate between clients and addresses, and the one whose last turn is longest ago comes
 * first. Secrets for clients that do not exist wait behind the others and get every eighth turn. Where the queue is full, the
 * newest entry of the requester with the most waiting is dropped.
 */
import { availableParallelism } from 'node:os';
import { FairQueue, type Requester } from './fair-queue.js';

/** The queue is full: try again in a moment. */
export class HashingQueueFull extends Error {
  constructor() {
    super('Too many secrets wait to be hashed.');
    this.name = 'HashingQueueFull';
  }
}

interface HashingQueueLimits {
  running: number;
  waiting: number;
}

/** The requester of a hash. */
export interface HashingRequester extends Requester {
  /** Whether the client exists: requests for unknown clients wait behind the others. */
  known: boolean;
}

/** Node's thread pool has four threads. */
const DEFAULT_LIMITS: HashingQueueLimits = { running: Math.min(3, availableParallelism()), waiting: 256 };
/** Every turn with this number goes to a request for an unknown client, so that those do not wait for ever. */
const TURN_OF_UNKNOWN = 8;

interface Turn {
  begin(): void;
  giveUp(): void;
}

export class HashingQueue {
  private running = 0;
  private turns = 0;
  private readonly known = new FairQueue<Turn>();
  private readonly unknown = new FairQueue<Turn>();

  constructor(private readonly limits: HashingQueueLimits = DEFAULT_LIMITS) {}

  /** Runs the task when its turn comes. @throws HashingQueueFull, at once or when another task takes the place */
  async run<T>(task: () => Promise<T>, requester: HashingRequester): Promise<T> {
    await this.turn(requester);
    try {
      return await task();
    } finally {
      this.next();
    }
  }

  private turn(requester: HashingRequester): Promise<void> {
    if (this.running < this.limits.running) {
      this.running++;
      return Promise.resolve();
    }
    if (this.isFull && !this.makeRoom(requester)) return Promise.reject(new HashingQueueFull());
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        reject(new HashingQueueFull());
      };
      (requester.known ? this.known : this.unknown).add({ begin: resolve, giveUp }, requester);
    });
  }

  private get isFull(): boolean {
    return this.known.length + this.unknown.length >= this.limits.waiting;
  }

  /** False where nobody has more waiting than the requester, or the requester has to wait behind everybody. */
  private makeRoom(requester: HashingRequester): boolean {
    if (!requester.known && this.unknown.length === 0) return false;
    const least = requester.known && this.unknown.length > 0 ? undefined : requester;
    const line = this.unknown.length > 0 ? this.unknown : this.known;
    const dropped = line.drop(least);
    dropped?.giveUp();
    return dropped !== undefined;
  }

  /** Hands the place to the next task, or frees it. */
  private next(): void {
    this.turns++;
    const lines = [this.known, this.unknown];
    if (this.turns % TURN_OF_UNKNOWN === 0) lines.reverse();
    const first = lines[0]?.take() ?? lines[1]?.take();
    if (first) first.begin();
    else this.running--;
  }
}
