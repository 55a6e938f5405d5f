/**
 * Typed records in the flow store. The key is the digest of the handle, the value is JSON sealed under the system
 * secrets: somebody who reads the store finds nothing usable. A record is kept one hour beyond its expiry and carries
 * `expiresAt` inside, so that "expired" and "unknown" are different answers.
 */
import { Inject, Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { open, seal } from '../crypto/aead.js';
import { sha256 } from '../crypto/digest.js';
import { parseJson, stringifyJson } from '../protocol/json.js';
import { FLOW_STORE, type FlowStore, type StoredRecord } from './flow-store.js';
import { RecentRecords } from './recent-records.js';

/** How long a record is kept beyond its end. */
export const KEEP_AFTER_EXPIRY_MS = 3_600_000;

export interface FlowRecord<T> {
  data: T;
  version: number;
  expiresAt: Date;
}

/** A record to be stored. `kind` separates the kinds of handle; `handle` is never stored. */
export interface NewRecord {
  kind: string;
  handle: string;
  data: unknown;
  life: { now: Date; expiresAt: Date };
}

/** One step of a record. */
export interface Transition<T> {
  from: FlowRecord<T>;
  to: T;
  /** Stored in the same step. Where the step fails it may be stored all the same: it must be worth nothing then. */
  beside?: NewRecord;
}

interface Envelope {
  expiresAt: number;
  data: unknown;
}

@Injectable()
export class Flows {
  private readonly recent = new RecentRecords<FlowRecord<unknown>>();

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

  /** The record, expired or not; undefined where the handle is unknown or no secret opens what is stored. */
  async get<T>(kind: string, handle: string): Promise<FlowRecord<T> | undefined> {
    const key = keyOf(kind, handle);
    const stored = await this.store.get(key);
    const plain = stored && open(this.config.current.secrets.system, purpose(kind), stored.value);
    if (!stored || !plain) {
      this.recent.forget(nameOf(key));
      return undefined;
    }
    const envelope = parseJson(plain.toString()) as unknown as Envelope;
    const record = { data: envelope.data as T, version: stored.version, expiresAt: new Date(envelope.expiresAt) };
    this.note(key, record, stored.value.length);
    return record;
  }

  /**
   * The record as this process knows it, without asking the store. Another one may have moved it on since: for what never
   * changes, or for a decision that only a compare-and-set makes true. It is shared: nobody may write into it.
   */
  recall<T>(kind: string, handle: string): { record: FlowRecord<T>; ageMs: number } | undefined {
    return this.recent.find(nameOf(keyOf(kind, handle))) as { record: FlowRecord<T>; ageMs: number } | undefined;
  }

  /** Compare and set: true when the record still had the version of `from` and now holds `to`. Its expiry stays. */
  async transition<T>(kind: string, handle: string, { from, to, beside }: Transition<T>): Promise<boolean> {
    const key = keyOf(kind, handle);
    const sealed = this.seal(kind, { expiresAt: from.expiresAt.getTime(), data: to });
    const stored = beside && this.sealed(beside);
    const done = await this.store.transition(key, from.version, sealed, stored);
    if (done) this.note(key, { ...from, data: to, version: from.version + 1 }, sealed.length);
    else this.recent.forget(nameOf(key));
    if (done && beside && stored) this.noteNew(beside, stored);
    return done;
  }

  claim(kind: string, handle: string): Promise<boolean> {
    return this.store.claim(keyOf(kind, handle));
  }

  async remove(kind: string, handle: string): Promise<void> {
    const key = keyOf(kind, handle);
    this.recent.forget(nameOf(key));
    await this.store.remove(key);
  }

  /** Nobody will ask for the record again soon. */
  forget(kind: string, handle: string): void {
    this.recent.forget(nameOf(keyOf(kind, handle)));
  }

  private sealed({ kind, handle, data, life }: NewRecord): StoredRecord {
    const value = this.seal(kind, { expiresAt: life.expiresAt.getTime(), data });
    return { key: keyOf(kind, handle), value, keepForMs: keepMs(life) };
  }

  private noteNew({ data, life }: NewRecord, { key, value }: StoredRecord): void {
    this.note(key, { data, version: 1, expiresAt: life.expiresAt }, value.length);
  }

  private note(key: Buffer, record: FlowRecord<unknown>, length: number): void {
    this.recent.note(nameOf(key), record, length);
  }

  private seal(kind: string, envelope: Envelope): Buffer {
    return seal(this.config.current.secrets.system, purpose(kind), stringifyJson(envelope));
  }
}

const keyOf = (kind: string, handle: string): Buffer => sha256(`${kind}\u0000${handle}`);
const nameOf = (key: Buffer): string => key.toString('base64');
const purpose = (kind: string): string => `flow ${kind}`;
const keepMs = ({ now, expiresAt }: NewRecord['life']): number =>
  Math.max(expiresAt.getTime() - now.getTime(), 0) + KEEP_AFTER_EXPIRY_MS;
