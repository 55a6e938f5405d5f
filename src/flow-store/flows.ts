/**
 * Typed records in the flow store. The key is the digest of the handle. The value is JSON, encrypted with the system
 * secrets and bound to that key: a reader of the store finds nothing usable, and a writer cannot replace one record by
 * another. A record is kept for one hour after its expiry and contains `expiresAt`, so that callers can tell an expired
 * handle from an unknown one.
 */
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConfigHolder } from '../config/config-holder.js';
import { opened, seal, type SealedPlace } from '../crypto/aead.js';
import { sha256 } from '../crypto/digest.js';
import { unboundOf } from '../database/sealed-column.js';
import { parseJson, stringifyJson } from '../protocol/json.js';
import { FLOW_STORE, type FlowStore, type Pace, type StoredFlow, type StoredRecord } from './flow-store.js';

/** How long a record is kept after its expiry. */
export const KEEP_AFTER_EXPIRY_MS = 3_600_000;
/** Limit of the cache, as the sum of the encrypted values: strangers choose how long their records are. */
const RECENT_BYTES = 2 * 2 ** 20;

export interface FlowRecord<T> {
  data: T;
  version: number;
  expiresAt: Date;
}

/** A record to be stored. Handles of different `kind` never collide; the handle itself is never stored. */
export interface NewRecord {
  kind: string;
  handle: string;
  data: unknown;
  life: { now: Date; expiresAt: Date };
}

/** The change of a record from one version to the next. */
interface Transition<T> {
  from: FlowRecord<T>;
  to: T;
  /** A second record, stored in the same step. It may be stored even if the step fails: it must be worthless then. */
  alsoPut?: NewRecord;
}

interface Recent {
  record: FlowRecord<unknown>;
  /** As `performance.now()` gives it. */
  notedAt: number;
}

interface Envelope {
  expiresAt: number;
  data: unknown;
}

@Injectable()
export class Flows {
  /** Cache of the records that this process wrote or read last: the next step of a flow needs no read of the store. */
  private readonly recent = new LRUCache<string, Recent>({ maxSize: RECENT_BYTES });

  constructor(
    @Inject(FLOW_STORE) private readonly store: FlowStore,
    private readonly config: ConfigHolder,
  ) {}

  async put(kind: string, handle: string, data: unknown, life: NewRecord['life']): Promise<void> {
    const record = { kind, handle, data, life };
    const stored = this.sealed(record);
    await this.store.put(stored.key, stored.value, stored.keepForMs);
    this.noteNew(record, stored);
  }

  /** The record, expired or not; undefined where the handle is unknown or no secret decrypts the stored value. */
  async get<T>(kind: string, handle: string): Promise<FlowRecord<T> | undefined> {
    const key = keyOf(kind, handle);
    return this.read<T>(kind, key, await this.store.get(key));
  }

  /** The same, and notes that the record was polled: see FlowStore. */
  async poll<T>(
    kind: string,
    handle: string,
    pace: Pace,
  ): Promise<{ record: FlowRecord<T>; inTime: boolean } | undefined> {
    const key = keyOf(kind, handle);
    const polled = await this.store.poll(key, pace);
    const record = this.read<T>(kind, key, polled);
    return record && polled && { record, inTime: polled.inTime };
  }

  private read<T>(kind: string, key: Buffer, stored: StoredFlow | undefined): FlowRecord<T> | undefined {
    const envelope = stored && this.opened(placeOf(kind, key), stored.value);
    if (!stored || !envelope) {
      this.recent.delete(nameOf(key));
      return undefined;
    }
    const record = { data: envelope.data as T, version: stored.version, expiresAt: new Date(envelope.expiresAt) };
    this.note(key, record, stored.value.length);
    return record;
  }

  /**
   * The record from the cache of this process. Another process may have changed it since: use it only for members that
   * never change, or where a later compare-and-set confirms the decision. The object is shared: callers must not change it.
   */
  recall<T>(kind: string, handle: string): { record: FlowRecord<T>; ageMs: number } | undefined {
    const found = this.recent.get(nameOf(keyOf(kind, handle)));
    return found && { record: found.record as FlowRecord<T>, ageMs: performance.now() - found.notedAt };
  }

  /** Compare and set: true when the record still had the version of `from` and now contains `to`. The expiry stays. */
  async transition<T>(kind: string, handle: string, { from, to, alsoPut }: Transition<T>): Promise<boolean> {
    const key = keyOf(kind, handle);
    const sealed = this.seal(placeOf(kind, key), { expiresAt: from.expiresAt.getTime(), data: to });
    const stored = alsoPut && this.sealed(alsoPut);
    const done = await this.store.transition(key, from.version, sealed, stored);
    if (done) this.note(key, { ...from, data: to, version: from.version + 1 }, sealed.length);
    else this.recent.delete(nameOf(key));
    if (done && alsoPut && stored) this.noteNew(alsoPut, stored);
    return done;
  }

  /** Milliseconds since 1970 on the clock of the store, which all processes share. */
  storeTime(kind: string, handle: string): Promise<number> {
    return this.store.time(keyOf(kind, handle));
  }

  async remove(kind: string, handle: string): Promise<void> {
    const key = keyOf(kind, handle);
    this.recent.delete(nameOf(key));
    await this.store.remove(key);
  }

  /** Removes the record from the cache of this process: it is not needed again soon. */
  forget(kind: string, handle: string): void {
    this.recent.delete(nameOf(keyOf(kind, handle)));
  }

  private sealed({ kind, handle, data, life }: NewRecord): StoredRecord {
    const key = keyOf(kind, handle);
    const value = this.seal(placeOf(kind, key), { expiresAt: life.expiresAt.getTime(), data });
    return { key, value, keepForMs: keepMs(life) };
  }

  private noteNew({ data, life }: NewRecord, { key, value }: StoredRecord): void {
    this.note(key, { data, version: 1, expiresAt: life.expiresAt }, value.length);
  }

  private note(key: Buffer, record: FlowRecord<unknown>, length: number): void {
    this.recent.set(nameOf(key), { record, notedAt: performance.now() }, { size: length });
  }

  private seal(place: SealedPlace, envelope: Envelope): Buffer {
    return seal(this.config.current.secrets.system, place, stringifyJson(envelope));
  }

  /**
   * Values of earlier versions of this server are not bound to a key. The store deletes a record one hour after its expiry
   * at the latest: an unbound value that is found later was put there by somebody else.
   */
  private opened(place: SealedPlace, value: Buffer): Envelope | undefined {
    const { secrets } = this.config.current;
    const found = opened(secrets.system, place, value, unboundOf(secrets));
    if (!found) return undefined;
    const envelope = parseJson(found.plain.toString()) as unknown as Envelope;
    const isForgotten = envelope.expiresAt + KEEP_AFTER_EXPIRY_MS <= Date.now();
    return found.bound || !isForgotten ? envelope : undefined;
  }
}

const keyOf = (kind: string, handle: string): Buffer => sha256(`${kind}\u0000${handle}`);
const nameOf = (key: Buffer): string => key.toString('base64');
const placeOf = (kind: string, key: Buffer): SealedPlace => ({ purpose: `flow ${kind}`, at: key });
const keepMs = ({ now, expiresAt }: NewRecord['life']): number =>
  Math.max(expiresAt.getTime() - now.getTime(), 0) + KEEP_AFTER_EXPIRY_MS;
