/** A logout on its way through the logout app, in the flow store. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { type FlowRecord, Flows } from '../../flow-store/flows.js';
import { newFlowId } from '../handles.js';

const KIND = 'logout';

export interface LogoutFlow {
  /** That it was carried out shows in the session's row, which is then gone. */
  state: 'asked' | 'accepted';
  subject: string;
  /** uuid: the session that ends. */
  sid: string;
  /** The client that asked; absent where the person came by themselves. */
  clientId?: string;
  /** No ID token proves which session is meant: only the browser that has it may end it. */
  browserBound: boolean;
  /** No ID token of the session that the browser has proves the request: the person is asked, whatever the client may. */
  mustAsk: boolean;
  requestUrl: string;
  /** Milliseconds since 1970. */
  requestedAt: number;
  /** Where the browser goes in the end. */
  target: string;
}

export interface StoredLogout {
  id: string;
  flow: LogoutFlow;
  expiresAt: Date;
  record: FlowRecord<LogoutFlow>;
}

@Injectable()
export class LogoutFlows {
  constructor(
    private readonly flows: Flows,
    private readonly config: ConfigHolder,
  ) {}

  /** Its id. */
  async start(flow: LogoutFlow, now: Date): Promise<string> {
    const id = newFlowId();
    const expiresAt = new Date(now.getTime() + this.config.current.ttl.login_consent_request * 1000);
    await this.flows.put(KIND, id, flow, { now, expiresAt });
    return id;
  }

  /** Expired or not. */
  async get(id: string): Promise<StoredLogout | undefined> {
    const record = await this.flows.get<LogoutFlow>(KIND, id);
    return record && { id, flow: record.data, expiresAt: record.expiresAt, record };
  }

  /** False where somebody else was faster. */
  move(stored: StoredLogout, state: LogoutFlow['state']): Promise<boolean> {
    return this.flows.transition(KIND, stored.id, { from: stored.record, to: { ...stored.flow, state } });
  }
}
