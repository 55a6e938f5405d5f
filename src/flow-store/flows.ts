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
import { FLOW_STORE, type FlowStore } from './flow-store.js';

/** How long a record is kept beyond its end. */
export const KEEP_AFTER_EXPIRY_MS = 3_600_000;

export interface FlowRecord<T> {
  data: T;
  version: number;
  expiresAt: Date;
}

interface Envelope {
  expiresAt: number;
  data: unknown;
}

@Injectable()
export class Flows {
  constructor(
    @Inject(FLOW_STORE) private readonly store: FlowStore,
    private readonly config: ConfigHolder,
  ) {}

  /** Stores a record. `kind` separates the kinds of handle; `handle` is never stored. */
  async put(kind: string, handle: string, data: unknown, life: { now: Date; expiresAt: Date }): Promise<void> {
    const expiresAt = life.expiresAt.getTime();
    const keepForMs = Math.max(expiresAt - life.now.getTime(), 0) + KEEP_AFTER_EXPIRY_MS;
    await this.store.put(key(kind, handle), this.seal(kind, { expiresAt, data }), keepForMs);
  }

  /** The record, expired or not; undefined where the handle is unknown or no secret opens what is stored. */
  async get<T>(kind: string, handle: string): Promise<FlowRecord<T> | undefined> {
    const stored = await this.store.get(key(kind, handle));
    const plain = stored && open(this.config.current.secrets.system, purpose(kind), stored.value);
    if (!stored || !plain) return undefined;
    const envelope = parseJson(plain.toString()) as unknown as Envelope;
    return { data: envelope.data as T, version: stored.version, expiresAt: new Date(envelope.expiresAt) };
  }

  /** Compare and set: true when the record still had this version and now holds `next`. Its expiry stays. */
  transition<T>(kind: string, handle: string, record: FlowRecord<T>, next: T): Promise<boolean> {
    const envelope = { expiresAt: record.expiresAt.getTime(), data: next };
    return this.store.transition(key(kind, handle), record.version, this.seal(kind, envelope));
  }

  claim(kind: string, handle: string): Promise<boolean> {
    return this.store.claim(key(kind, handle));
  }

  remove(kind: string, handle: string): Promise<void> {
    return this.store.remove(key(kind, handle));
  }

  private seal(kind: string, envelope: Envelope): Buffer {
    return seal(this.config.current.secrets.system, purpose(kind), stringifyJson(envelope));
  }
}

const key = (kind: string, handle: string): Buffer => sha256(`${kind}\u0000${handle}`);
const purpose = (kind: string): string => `flow ${kind}`;
