/** Flows in the flow store. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { type FlowRecord, Flows, type NewRecord } from '../../flow-store/flows.js';
import { type OAuthError } from '../../protocol/oauth-error.js';
import { newFlowId } from '../handles.js';
import type { Flow } from './flow.js';
import { type FlowAction, verdict } from './flow-table.js';

const KIND = 'flow';
/** Of N who move one flow at the same time somebody wins each round: more rounds than this mean a store that lies. */
const MAX_ROUNDS = 1000;

/** How old may be what an app reads of a flow that another replica moves on: as old as a cached client. */
const READ_AGE_MS = 1000;

/** A flow as it was read. */
export interface StoredFlow {
  id: string;
  flow: Flow;
  expiresAt: Date;
  record: FlowRecord<Flow>;
}

/** What one try decided: a result, or to look again because somebody else moved the flow meanwhile. */
export type Decision<T> = { done: T } | 'look again';

@Injectable()
export class FlowRepository {
  constructor(
    private readonly flows: Flows,
    private readonly config: ConfigHolder,
  ) {}

  /** Begins a flow; it lives for `ttl.login_consent_request`. Its id. */
  async start(flow: Flow, now: Date): Promise<string> {
    const id = newFlowId();
    const expiresAt = new Date(now.getTime() + this.config.current.ttl.login_consent_request * 1000);
    await this.flows.put(KIND, id, flow, { now, expiresAt });
    return id;
  }

  /** Expired or not. */
  async get(id: string): Promise<StoredFlow | undefined> {
    const record = await this.flows.get<Flow>(KIND, id);
    return record && storedFlow(id, record);
  }

  /**
   * The flow for an action on it. Where the action would go ahead on what this process knows of the flow, that is enough:
   * its compare-and-set finds out what another replica did. What only is read may be a second old.
   */
  async find(id: string, action: FlowAction): Promise<StoredFlow | undefined> {
    const known = this.flows.recall<Flow>(KIND, id);
    if (known && verdict(known.record.data.state, action) === 'proceed') {
      const isConfirmed = action !== 'read_login' && action !== 'read_consent';
      if (isConfirmed || known.ageMs < READ_AGE_MS) return storedFlow(id, known.record);
    }
    return this.get(id);
  }

  /** Whether nobody has moved the flow since: for what is done before the compare-and-set. */
  async isCurrent(stored: StoredFlow): Promise<boolean> {
    return (await this.get(stored.id))?.record.version === stored.record.version;
  }

  /**
   * Compare and set: the flow as it is now, or undefined where somebody else was faster.
   * @param beside stored in the same step; worth nothing where that fails
   */
  async move(stored: StoredFlow, next: Flow, beside?: NewRecord): Promise<StoredFlow | undefined> {
    if (!(await this.flows.transition(KIND, stored.id, { from: stored.record, to: next, beside }))) return undefined;
    if (next.state === 'ended') this.flows.forget(KIND, stored.id);
    const record = { ...stored.record, data: next, version: stored.record.version + 1 };
    return { ...stored, flow: next, record };
  }

  /**
   * Decides over the flow as it was found, and again over what it has become where that was lost in a race.
   * @throws OAuthError `unknown`, where the store does not have the flow any more
   */
  async decide<T>(
    found: StoredFlow,
    decide: (stored: StoredFlow) => Promise<Decision<T>>,
    unknown: () => OAuthError,
  ): Promise<T> {
    let stored: StoredFlow | undefined = found;
    for (let round = 0; stored && round < MAX_ROUNDS; round++) {
      const decision = await decide(stored);
      if (decision !== 'look again') return decision.done;
      stored = await this.get(found.id);
    }
    throw unknown();
  }
}

function storedFlow(id: string, record: FlowRecord<Flow>): StoredFlow {
  return { id, flow: record.data, expiresAt: record.expiresAt, record };
}
