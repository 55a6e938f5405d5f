/**
 * Key sets that other parties publish (`jwks_uri`). They are fetched through the guarded HTTP client and cached for an
 * hour. A JWT with an unknown `kid` causes a new fetch, but only every few seconds, because anybody can invent a `kid`.
 */
import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import { Documents } from '../http/outbound/documents.js';
import { OutboundError } from '../http/outbound/outbound-error.js';
import { usableForeignKeys } from '../keys/foreign-keys.js';
import { isJsonObject, parseJson } from '../protocol/json.js';
import { sizeOf } from '../protocol/json-size.js';
import { JwkSet } from './jwk-set.js';

const MAX_AGE_MS = 3_600_000;
/** The pause between two fetches that an unknown `kid` caused, and after a failed fetch. */
const MIN_PAUSE_MS = 10_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 128 * 1024;
const MAX_SETS = 500;
/** The limit for all sets together, because strangers choose the number and the size of their keys. */
const MAX_KEPT_BYTES = 8 * 2 ** 20;

/** Where the keys of a party are published. */
export interface KeySource {
  /** Each owner has one set: a set from another address replaces it. */
  owner: string;
  uri: string;
  /** Whether the address may be in a private network. */
  allowPrivate: boolean;
}

interface KeptSet {
  uri: string;
  /** Undefined until a fetch succeeded. */
  keys?: JwkSet;
  fetchedAt: number;
  /** The time of the last fetch that was forced or failed. */
  pausedAt?: number;
  pending?: Promise<JwkSet>;
}

/** The keys cannot be fetched from their address now. */
export class RemoteKeysUnreachable extends Error {
  constructor(cause?: unknown) {
    super('The keys cannot be fetched from their jwks_uri.', { cause });
    this.name = 'RemoteKeysUnreachable';
  }
}

@Injectable()
export class RemoteKeySets {
  /** The sets by owner. */
  private readonly sets = new LRUCache<string, KeptSet>({
    max: MAX_SETS,
    maxSize: MAX_KEPT_BYTES,
    sizeCalculation: ({ uri, keys }) => (keys?.size ?? 0) + sizeOf(uri),
  });

  constructor(private readonly documents: Documents) {}

  /** The keys at the address, at most an hour old. @throws RemoteKeysUnreachable */
  async keys(source: KeySource): Promise<JwkSet> {
    const set = this.setOf(source);
    if (set.keys && this.clock() - set.fetchedAt < MAX_AGE_MS) return set.keys;
    if (!set.pending && this.isPaused(set)) throw new RemoteKeysUnreachable();
    return this.fetch(source, set);
  }

  /** The keys fetched anew; undefined if they were fetched a moment ago. @throws RemoteKeysUnreachable */
  async refreshed(source: KeySource): Promise<JwkSet | undefined> {
    const set = this.setOf(source);
    if (!set.pending) {
      if (this.isPaused(set)) return undefined;
      set.pausedAt = this.clock();
    }
    return this.fetch(source, set);
  }

  /** The milliseconds of a monotonic clock. */
  protected clock(): number {
    return performance.now();
  }

  private isPaused({ pausedAt }: KeptSet): boolean {
    return pausedAt !== undefined && this.clock() - pausedAt < MIN_PAUSE_MS;
  }

  /** Concurrent callers that need the same set share one fetch. */
  private fetch(source: KeySource, set: KeptSet): Promise<JwkSet> {
    set.pending ??= this.fetchOnce(source, set).finally(() => {
      set.pending = undefined;
    });
    return set.pending;
  }

  private async fetchOnce({ owner, uri, allowPrivate }: KeySource, set: KeptSet): Promise<JwkSet> {
    try {
      const keys = new JwkSet(await readKeySet(this.documents, { uri, allowPrivate }));
      this.sets.set(owner, { uri, keys, fetchedAt: this.clock(), pausedAt: set.pausedAt });
      return keys;
    } catch (cause) {
      if (!isBusy(cause)) set.pausedAt = this.clock();
      throw new RemoteKeysUnreachable(cause);
    }
  }

  private setOf({ owner, uri }: KeySource): KeptSet {
    const known = this.sets.get(owner);
    if (known?.uri === uri) return known;
    const set = { uri, fetchedAt: 0 };
    this.sets.set(owner, set);
    return set;
  }
}

/** Whether the request was not sent because too many were waiting; the next caller may then try at once. */
function isBusy(cause: unknown): boolean {
  return cause instanceof OutboundError && cause.reason === 'busy';
}

/** Fetches the usable keys at the address. @throws OutboundError if there is no answer, Error if it is no key set */
export async function readKeySet(
  documents: Pick<Documents, 'read'>,
  { uri, allowPrivate }: Omit<KeySource, 'owner'>,
): Promise<JWK[]> {
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, allowPrivate };
  const accept = 'application/jwk-set+json, application/json';
  const { status, text } = await documents.read({ url: uri, accept, ...limits });
  if (status !== 200) throw new Error(`The jwks_uri answered with status ${status}.`);
  return keysIn(text);
}

async function keysIn(text: string): Promise<JWK[]> {
  const document = parseJson(text);
  if (!isJsonObject(document) || !Array.isArray(document.keys)) throw new Error('The jwks_uri holds no JWK set.');
  return usableForeignKeys(document.keys);
}
