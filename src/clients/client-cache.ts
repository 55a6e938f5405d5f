/**
 * Clients that were read in the last seconds. Bounded in size and in age; what is stored is never younger than the read
 * it came from, and a read that began before a write was announced is not kept.
 */
import type { RegisteredClient } from './registered-client.js';

const MAX_AGE_MS = 5_000;
const MAX_SIZE = 5_000;

interface Entry {
  client: RegisteredClient;
  readAt: number;
}

/** What a reader gets before it reads, and gives back with what it found. */
export interface ReadTicket {
  startedAt: number;
  writesSeen: number;
}

export interface CacheCounts {
  size: number;
  hits: number;
  misses: number;
}

export class ClientCache {
  private readonly entries = new Map<string, Entry>();
  private writes = 0;
  private hits = 0;
  private misses = 0;

  constructor(
    /** Milliseconds of a clock that never goes back. */
    private readonly clock: () => number = () => performance.now(),
    private readonly maxSize = MAX_SIZE,
  ) {}

  get(clientId: string): RegisteredClient | undefined {
    const entry = this.entries.get(clientId);
    if (entry && this.clock() - entry.readAt < MAX_AGE_MS) {
      this.hits++;
      return entry.client;
    }
    this.misses++;
    this.entries.delete(clientId);
    return undefined;
  }

  /** Entries now, and how often one was found or not. */
  get counts(): CacheCounts {
    return { size: this.entries.size, hits: this.hits, misses: this.misses };
  }

  beginRead(): ReadTicket {
    return { startedAt: this.clock(), writesSeen: this.writes };
  }

  /** Keeps what was read, unless a write came in between. Undefined: there is no such client. */
  endRead(ticket: ReadTicket, clientId: string, client: RegisteredClient | undefined): void {
    if (ticket.writesSeen !== this.writes) return;
    this.entries.delete(clientId); // the newest entry stands last
    if (!client) return;
    if (this.entries.size >= this.maxSize) this.dropOldest();
    this.entries.set(clientId, { client, readAt: ticket.startedAt });
  }

  /** A client was changed or deleted. */
  forget(clientId: string): void {
    this.writes++;
    this.entries.delete(clientId);
  }

  /** Any client may have been changed or deleted. */
  forgetAll(): void {
    this.writes++;
    this.entries.clear();
  }

  private dropOldest(): void {
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}
