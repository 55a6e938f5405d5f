/**
 * Backchannel authentication requests (CIBA Core 1.0) in the flow store, each under the id in its challenge and in its
 * auth_req_id. Every change is a compare-and-set:
 *
 * pending → accepting → approved, or pending → denied. While it is `accepting`, the grant is being written; if that is cut off,
 * the app may accept again, and what PostgreSQL has counts, also for a client that polls.
 */
import { Injectable } from '@nestjs/common';
import { type FlowRecord, Flows } from '../../flow-store/flows.js';
import { OpenSlots } from '../../flow-store/open-slots.js';
import type { BackchannelRequest } from '../../protocol/backchannel-request.js';
import { hexOf } from '../../protocol/uuid.js';
import { Handles } from '../flow/handles.js';
import type { Notice } from './pings.js';

const KIND = 'ciba';
/** CIBA Core §11: each slow_down adds five seconds. */
const SLOWER_BY_MS = 5_000;
/** Tolerates fast clocks of clients and delays of the network. */
const TOLERANCE_MS = 500;

/** The error for the client. */
export interface Denial {
  error: string;
  description?: string;
}

export interface CibaAuthentication {
  state: 'pending' | 'accepting' | 'approved' | 'denied';
  request: BackchannelRequest;
  clientKey: string;
  /** uuid v7: the id of the consent, and the request id of every token. */
  consentId: string;
  /** Milliseconds since 1970: when the request arrived. */
  requestedAt: number;
  /** The digest of the auth_req_id in base64url: it redeems the grant. */
  codeDigest: string;
  /** The only person who may answer, if the app named one. */
  subject?: string;
  /** Held until it is answered: see OpenSlots. */
  slot: string;
  denial?: Denial;
  /** If the client is to be told of the answer. */
  notice?: Notice;
}

type Change = (found: CibaAuthentication) => CibaAuthentication | undefined;

export type CibaRecord = FlowRecord<CibaAuthentication> & { id: string };

@Injectable()
export class CibaRequests {
  constructor(
    private readonly flows: Flows,
    private readonly slots: OpenSlots,
    private readonly handles: Handles,
  ) {}

  async keep(id: string, authentication: CibaAuthentication, life: { now: Date; expiresAt: Date }): Promise<void> {
    await this.flows.put(KIND, id, authentication, life);
  }

  challengeOf(id: string): string {
    return this.handles.make('ciba_challenge', id);
  }

  /** Undefined if the challenge is unknown. */
  async findByChallenge(challenge: string): Promise<CibaRecord | undefined> {
    const id = this.handles.read('ciba_challenge', challenge);
    return id === undefined ? undefined : this.find(id);
  }

  /** @param id 16 bytes in base64url */
  async find(id: string): Promise<CibaRecord | undefined> {
    const record = await this.flows.get<CibaAuthentication>(KIND, id);
    return record && { ...record, id };
  }

  /** The same for a client that polls. One round trip. @param interval the seconds between two polls at first */
  async poll(id: string, interval: number): Promise<{ record: CibaRecord; inTime: boolean } | undefined> {
    const pace = { everyMs: interval * 1000, slowerByMs: SLOWER_BY_MS, toleranceMs: TOLERANCE_MS };
    const polled = await this.flows.poll<CibaAuthentication>(KIND, id, pace);
    return polled && { record: { ...polled.record, id }, inTime: polled.inTime };
  }

  /** The request is not made: nobody has heard of it but the app. */
  async drop(id: string, slot: string): Promise<void> {
    await this.flows.remove(KIND, id);
    await this.slots.giveBack(slot);
  }

  /**
   * Fixes the person who may answer.
   * @returns false if somebody else has answered already
   */
  async bindTo(id: string, subject: string): Promise<boolean> {
    const { record } = await this.change(id, (found) =>
      found.subject === undefined ? { ...found, subject } : undefined,
    );
    return record?.data.subject === subject;
  }

  /**
   * Begins to accept for this person, or goes on where that was cut off.
   * @returns undefined if the request was answered before, or for another person
   */
  async beginAccept(id: string, subject: string): Promise<CibaRecord | undefined> {
    const { record } = await this.change(id, (found) =>
      found.state === 'pending' && (found.subject ?? subject) === subject
        ? { ...found, state: 'accepting', subject }
        : undefined,
    );
    return record?.data.state === 'accepting' && record.data.subject === subject ? record : undefined;
  }

  /** The grant was written. */
  async approve(id: string): Promise<void> {
    await this.answer(id, (found) => (isOpen(found) ? { ...found, state: 'approved' } : undefined));
  }

  /** @returns undefined if the request was answered before */
  deny(id: string, denial: Denial): Promise<CibaRecord | undefined> {
    return this.answer(id, (found) => (found.state === 'pending' ? { ...found, state: 'denied', denial } : undefined));
  }

  /** The record after the answer, which frees its slot; undefined if `next` changes nothing. */
  private async answer(id: string, next: Change): Promise<CibaRecord | undefined> {
    const { record, changed } = await this.change(id, next);
    if (!record || !changed) return undefined;
    await this.slots.giveBack(record.data.slot);
    return record;
  }

  /** The record after the change, or as it is if `next` changes nothing. */
  private async change(id: string, next: Change): Promise<{ record?: CibaRecord; changed: boolean }> {
    for (;;) {
      const record = await this.find(id);
      const to = record && next(record.data);
      if (!record || !to) return { record, changed: false };
      if (!(await this.flows.transition(KIND, id, { from: record, to }))) continue; // another change came between: again
      return { record: { ...record, data: to, version: record.version + 1 }, changed: true };
    }
  }
}

/** The app may answer. */
export const isOpen = ({ state }: CibaAuthentication): boolean => state === 'pending' || state === 'accepting';

/** The id of the request whose grant has this uuid. */
export const cibaIdOf = (uuid: string): string => Buffer.from(hexOf(uuid), 'hex').toString('base64url');
