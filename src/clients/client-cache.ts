/**
 * A cache of clients that were read in the last seconds. It is bounded in number, in bytes (a stranger may register documents
 * of a megabyte) and in age. The age of an entry counts from the read it came from, and a read that began before the
 * announcement of a write is not kept.
 */
import { LRUCache } from 'lru-cache';
import { sizeOf, sizeOfText } from '../protocol/json-size.js';
import { EMPTY_METADATA } from './client-metadata.js';
import type { RegisteredClient } from './registered-client.js';

const MAX_AGE_MS = 5_000;

interface ClientCacheLimits {
  clients: number;
  /** As counted by `sizeOf`. A client above a sixteenth of it is not kept: it would push out many others. */
  bytes: number;
}

const LIMITS: ClientCacheLimits = { clients: 5_000, bytes: 64 * 2 ** 20 };
const LARGEST_SHARE = 1 / 16;
/** The size of a client with nothing but defaults. */
const BARE_CLIENT = 1_024;

interface Entry {
  client: RegisteredClient;
  readAt: number;
}

/** A reader gets a ticket before it reads, and returns it with the result. */
interface ReadTicket {
  startedAt: number;
  writesSeen: number;
}

export interface CacheCounts {
  size: number;
  bytes: number;
  hits: number;
  misses: number;
}

export class ClientCache {
  /** The least recently used first. */
  private readonly entries: LRUCache<string, Entry>;
  private writes = 0;
  private hits = 0;
  private misses = 0;

  constructor(
    /** A monotonic clock in milliseconds. */
    private readonly clock: () => number = () => performance.now(),
    { clients, bytes }: ClientCacheLimits = LIMITS,
  ) {
    this.entries = new LRUCache<string, Entry>({
      max: clients,
      maxSize: bytes,
      maxEntrySize: Math.floor(bytes * LARGEST_SHARE),
      sizeCalculation: ({ client }) => sizeOfClient(client),
    });
  }

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

  /** The number of entries, hits and misses. */
  get counts(): CacheCounts {
    return { size: this.entries.size, bytes: this.entries.calculatedSize, hits: this.hits, misses: this.misses };
  }

  beginRead(): ReadTicket {
    return { startedAt: this.clock(), writesSeen: this.writes };
  }

  /** Keeps the result of a read, unless a write came in between. Undefined: there is no such client. */
  endRead(ticket: ReadTicket, clientId: string, client: RegisteredClient | undefined): void {
    if (ticket.writesSeen !== this.writes) return;
    if (client) this.entries.set(clientId, { client, readAt: ticket.startedAt });
    else this.entries.delete(clientId);
  }

  /** To be called when a client was changed or deleted. */
  forget(clientId: string): void {
    this.writes++;
    this.entries.delete(clientId);
  }

  /** To be called when any client may have been changed or deleted. */
  forgetAll(): void {
    this.writes++;
    this.entries.clear();
  }
}

/** Default values are shared by all clients. The words of the scope are a list of their own. */
function sizeOfClient({ clientId, name, metadata, secretHashes, scope, entity }: RegisteredClient): number {
  let bytes = BARE_CLIENT + sizeOf([clientId, name, entity.owner, ...secretHashes]);
  for (const [member, value] of Object.entries(metadata)) {
    if (value !== Reflect.get(EMPTY_METADATA, member)) bytes += sizeOf(value);
  }
  for (const word of scope) bytes += sizeOfText(word);
  return bytes;
}
