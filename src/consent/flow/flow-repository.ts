/** Flows in the flow store. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { type FlowRecord, Flows } from '../../flow-store/flows.js';
import { temporarilyUnavailable } from '../../protocol/oauth-error.js';
import { newFlowId } from '../handles.js';
import type { Flow } from './flow.js';

const KIND = 'flow';
/** Of N who move one flow at the same time somebody wins each round: more rounds than this mean a store that lies. */
const MAX_ROUNDS = 1000;

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
    return record && { id, flow: record.data, expiresAt: record.expiresAt, record };
  }

  /** Compare and set: the flow as it is now, or undefined where somebody else was faster. */
  async move(stored: StoredFlow, next: Flow): Promise<StoredFlow | undefined> {
    if (!(await this.flows.transition(KIND, stored.id, stored.record, next))) return undefined;
    const record = { ...stored.record, data: next, version: stored.record.version + 1 };
    return { ...stored, flow: next, record };
  }

  /** Decides over the flow as it is, and again over what it has become where that was lost in a race. */
  async decide<T>(found: StoredFlow, decide: (stored: StoredFlow) => Promise<Decision<T>>): Promise<T> {
    let stored: StoredFlow | undefined = found;
    for (let round = 0; stored && round < MAX_ROUNDS; round++) {
      const decision = await decide(stored);
      if (decision !== 'look again') return decision.done;
      stored = await this.get(found.id);
    }
    throw temporarilyUnavailable('Try again: the flow could not be moved on.');
  }
}
