/**
 * Pushed authorization requests in the flow store (RFC 9126). A record holds the validated request. A visit of a browser reads
 * it, so that a page can be reloaded before the login; the first response to the client spends it (RFC 9126 §4, §7.3).
 *
 * If the flow store loses a record, the client has to push once more.
 */
import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { pack, type Packed, unpack } from '../../../consent/flow/packed-request.js';
import { randomText } from '../../../crypto/random.js';
import { type FlowRecord, Flows } from '../../../flow-store/flows.js';
import type { AuthorizationRequest, PushedUse } from '../../../protocol/authorization-request.js';
import { handleOf } from './request-uris.js';
import { UnusableRequestUri } from './unusable-request-uri.js';

const KIND = 'pushed request';
/** A record changes once: a try that loses finds in the second round who was first. */
const ROUNDS = 2;

type PushedRecord = OpenRecord | SpentRecord;

interface OpenRecord {
  clientKey: string;
  request: Packed<AuthorizationRequest>;
  /** Milliseconds since 1970. The record itself is kept for the flows that begin until then. */
  visitableUntil: number;
}

interface SpentRecord {
  /** The visit whose response was the first. Its flow may repeat the response. */
  spentBy: string;
}

@Injectable()
export class PushedRequests {
  constructor(
    private readonly flows: Flows,
    private readonly config: ConfigHolder,
  ) {}

  /** Stores a validated request under a new handle; returns its lifetime in seconds. */
  async keep(handle: string, request: AuthorizationRequest, client: RegisteredClient, now: Date): Promise<number> {
    const { ttl } = this.config.current;
    const seconds = Math.floor(ttl.pushed_authorization_request);
    const visitableUntil = now.getTime() + seconds * 1000;
    const record: OpenRecord = { clientKey: client.key, request: pack(request), visitableUntil };
    const expiresAt = new Date(visitableUntil + ttl.login_consent_request * 1000);
    await this.flows.put(KIND, handle, record, { now, expiresAt });
    return seconds;
  }

  /** The request, for one visit of a browser. @throws UnusableRequestUri */
  async visit(requestUri: string, client: RegisteredClient, now: Date): Promise<AuthorizationRequest> {
    const handle = handleOf(requestUri);
    const record = handle === undefined ? undefined : await this.flows.get<PushedRecord>(KIND, handle);
    if (handle === undefined || !record || 'spentBy' in record.data) throw new UnusableRequestUri();
    const { clientKey, request, visitableUntil } = record.data;
    if (!client.isOf(clientKey) || visitableUntil <= now.getTime()) throw new UnusableRequestUri();
    return { ...unpack(request), pushed: { handle, visit: randomText(16) } };
  }

  /** Called before a response is sent to the client. @throws UnusableRequestUri if another visit was faster */
  async spend({ handle, visit }: PushedUse): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      const record = await this.find(handle);
      if (!record || ('spentBy' in record.data && record.data.spentBy !== visit)) break;
      if ('spentBy' in record.data) return;
      const to: PushedRecord = { spentBy: visit };
      if (await this.flows.transition<PushedRecord>(KIND, handle, { from: record, to })) return;
    }
    throw new UnusableRequestUri();
  }

  /** The compare-and-set confirms what this process remembers, and a spent record does not change any more. */
  private async find(handle: string): Promise<FlowRecord<PushedRecord> | undefined> {
    return this.flows.recall<PushedRecord>(KIND, handle)?.record ?? this.flows.get<PushedRecord>(KIND, handle);
  }
}
