/**
 * Key sets that clients publish at their `jwks_uri`: fetched through the guarded client, kept for an hour, and fetched
 * again when a JWT names a key that is not there, but not more often than every few seconds: anybody can name one.
 */
import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import { ConfigHolder } from '../config/config-holder.js';
import { Outbound } from '../http/outbound.js';
import { isJsonObject, parseJson } from '../protocol/json.js';
import { mayReachPrivate } from './private-reach.js';
import { RegisteredClient } from './registered-client.js';

const MAX_AGE_MS = 3_600_000;
/** Between two fetches that something unknown caused, and after one that failed. */
const MIN_PAUSE_MS = 10_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 128 * 1024;
const MAX_SETS = 500;

interface KeySet {
  uri: string;
  /** Undefined until a fetch succeeded. */
  keys?: JWK[];
  fetchedAt: number;
  /** Of the last fetch that was forced or failed. */
  pausedAt?: number;
  pending?: Promise<JWK[]>;
}

/** The keys cannot be had from the client's `jwks_uri` now. */
export class ClientKeysUnreachable extends Error {
  constructor(cause?: unknown) {
    super('The keys of the client cannot be fetched from its jwks_uri.', { cause });
    this.name = 'ClientKeysUnreachable';
  }
}

@Injectable()
export class RemoteKeySets {
  /** By client key; the least recently used first. */
  private readonly sets = new Map<string, KeySet>();

  constructor(
    private readonly outbound: Outbound,
    private readonly config: ConfigHolder,
  ) {}

  /** The keys at the address, at most an hour old. @throws ClientKeysUnreachable */
  async keys(client: RegisteredClient, uri: string): Promise<JWK[]> {
    const set = this.setOf(client.key, uri);
    if (set.keys && this.clock() - set.fetchedAt < MAX_AGE_MS) return set.keys;
    if (!set.pending && this.isPaused(set)) throw new ClientKeysUnreachable();
    return this.fetch(client, set);
  }

  /** The keys at the address now; undefined where it was asked a moment ago. @throws ClientKeysUnreachable */
  async refreshed(client: RegisteredClient, uri: string): Promise<JWK[] | undefined> {
    const set = this.setOf(client.key, uri);
    if (!set.pending) {
      if (this.isPaused(set)) return undefined;
      set.pausedAt = this.clock();
    }
    return this.fetch(client, set);
  }

  /** Milliseconds of a clock that never goes back. */
  protected clock(): number {
    return performance.now();
  }

  private isPaused({ pausedAt }: KeySet): boolean {
    return pausedAt !== undefined && this.clock() - pausedAt < MIN_PAUSE_MS;
  }

  /** Those who need the same set at the same time wait for one fetch. */
  private fetch(client: RegisteredClient, set: KeySet): Promise<JWK[]> {
    set.pending ??= this.fetchOnce(client, set).finally(() => {
      set.pending = undefined;
    });
    return set.pending;
  }

  private async fetchOnce(client: RegisteredClient, set: KeySet): Promise<JWK[]> {
    const allowPrivate = mayReachPrivate(client.metadata, this.config.current);
    const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, allowPrivate };
    const headers = { accept: 'application/jwk-set+json, application/json' };
    try {
      const { status, text } = await this.outbound.fetch({ url: set.uri, headers, ...limits });
      if (status !== 200) throw new Error(`The jwks_uri answered with status ${status}.`);
      set.keys = keysIn(text);
      set.fetchedAt = this.clock();
      return set.keys;
    } catch (cause) {
      set.pausedAt = this.clock();
      throw new ClientKeysUnreachable(cause);
    }
  }

  private setOf(key: string, uri: string): KeySet {
    const known = this.sets.get(key);
    const set = known?.uri === uri ? known : { uri, fetchedAt: 0 };
    this.sets.delete(key);
    this.sets.set(key, set);
    const [oldest] = this.sets.keys();
    if (this.sets.size > MAX_SETS && oldest !== undefined) this.sets.delete(oldest);
    return set;
  }
}

function keysIn(text: string): JWK[] {
  const document = parseJson(text);
  if (!isJsonObject(document) || !Array.isArray(document.keys)) throw new Error('The jwks_uri holds no JWK set.');
  return document.keys.filter(isJsonObject);
}
