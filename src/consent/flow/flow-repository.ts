/** Reads and changes login and consent flows in the flow store. */
import { Injectable } from '@nestjs/common';
import { type FlowRecord, Flows, type NewRecord } from '../../flow-store/flows.js';
import { type OAuthError } from '../../protocol/oauth-error.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import type { Flow } from './flow.js';
import { type FlowAction, verdict } from './flow-table.js';
import { NewFlows } from './new-flows.js';
import { pack, type Packed, unpack } from './packed-request.js';

const KIND = 'flow';
/** In each round one of the concurrent writers succeeds: more rounds than this mean that the store is faulty. */
const MAX_ROUNDS = 1000;

/** The maximum age of a cached flow that an app reads, the same as of a cached client: another replica may change it. */
const READ_AGE_MS = 1000;

/** A flow as it is stored. */
type FlowAtRest = Omit<Flow, 'request'> & { request: Packed<AuthorizationRequest> };

/** A flow as it was read. */
export interface StoredFlow {
  id: string;
  flow: Flow;
  expiresAt: Date;
  record: FlowRecord<FlowAtRest>;
}

/** The result of one try: done, or to retry because the flow has changed meanwhile. */
export type Decision<T> = { done: T } | 'retry';

@Injectable()
export class FlowRepository {
  constructor(
    private readonly flows: Flows,
    private readonly newFlows: NewFlows,
  ) {}

  /** Stores a flow for `ttl.login_consent_request`; returns its id. @throws OAuthError 429 if the address has too many */
  start(flow: Flow, exchange: Exchange): Promise<string> {
    return this.newFlows.start(KIND, atRest(flow), exchange);
  }

  /** The flow, expired or not. */
  async get(id: string): Promise<StoredFlow | undefined> {
    const record = await this.flows.get<FlowAtRest>(KIND, id);
    return record && storedFlow(id, record);
  }

  /**
   * The flow for an action on it. The cached flow is enough if its state allows the action: the compare-and-set of the
   * action notices a change by another replica. For an action that only reads, the cached flow may be one second old.
   */
  async find(id: string, action: FlowAction): Promise<StoredFlow | undefined> {
    const known = this.flows.recall<FlowAtRest>(KIND, id);
    if (known && verdict(known.record.data.state, action) === 'proceed') {
      const isConfirmed = action !== 'read_login' && action !== 'read_consent';
      if (isConfirmed || known.ageMs < READ_AGE_MS) return storedFlow(id, known.record);
    }
    return this.get(id);
  }

  /** Whether the flow is unchanged: for an effect that happens before the compare-and-set. */
  async isCurrent(stored: StoredFlow): Promise<boolean> {
    return (await this.get(stored.id))?.record.version === stored.record.version;
  }

  /**
   * Compare and set: the changed flow, or undefined if another request was faster.
   * @param alsoPut stored in the same step; it must be worthless if the step fails
   */
  async move(stored: StoredFlow, next: Flow, alsoPut?: NewRecord): Promise<StoredFlow | undefined> {
    // The request is the same in every step: it is packed only once.
    const to: FlowAtRest =
      next.request === stored.flow.request ? { ...next, request: stored.record.data.request } : atRest(next);
    if (!(await this.flows.transition(KIND, stored.id, { from: stored.record, to, alsoPut }))) return undefined;
    if (next.state === 'ended') this.flows.forget(KIND, stored.id);
    const record = { ...stored.record, data: to, version: stored.record.version + 1 };
    return { ...stored, flow: next, record };
  }

  /**
   * Calls `decide` with the flow that was found, and again with the changed flow after each lost race.
   * @throws OAuthError `unknown` if the flow is not in the store any more
   */
  async decide<T>(
    found: StoredFlow,
    decide: (stored: StoredFlow) => Promise<Decision<T>>,
    unknown: () => OAuthError,
  ): Promise<T> {
    let stored: StoredFlow | undefined = found;
    for (let round = 0; stored && round < MAX_ROUNDS; round++) {
      const decision = await decide(stored);
      if (decision !== 'retry') return decision.done;
      stored = await this.get(found.id);
    }
    throw unknown();
  }
}

const atRest = (flow: Flow): FlowAtRest => ({ ...flow, request: pack(flow.request) });

function storedFlow(id: string, record: FlowRecord<FlowAtRest>): StoredFlow {
  const flow = { ...record.data, request: unpack(record.data.request) };
  return { id, flow, expiresAt: record.expiresAt, record };
}
