/** The state of a logout request in the flow store. */
import { Injectable } from '@nestjs/common';
import { type FlowRecord, Flows } from '../../flow-store/flows.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { NewFlows } from '../flow/new-flows.js';
import { pack, type Packed, unpack } from '../flow/packed-request.js';

const KIND = 'logout';

export interface LogoutFlow {
  /** There is no state for a completed logout: the row of the session is deleted then. */
  state: 'asked' | 'accepted';
  subject: string;
  /** uuid: the session that ends. */
  sid: string;
  /** The client that asked for the logout; absent if the person did. */
  clientId?: string;
  /** No ID token proves the session: only the browser of the session may end it. */
  browserBound: boolean;
  /** No ID token of the session in this browser proves the request: the person is asked, even if the client may skip it. */
  mustAsk: boolean;
  /** Milliseconds since 1970. */
  requestedAt: number;
  requestUrl: string;
  /** The final redirect of the browser. */
  target: string;
}

/** The stored form, with packed URLs. Records of earlier releases have the form of LogoutFlow. */
interface LogoutAtRest extends Omit<LogoutFlow, 'requestUrl' | 'target'> {
  sent: Packed<Pick<LogoutFlow, 'requestUrl' | 'target'>>;
}

export interface StoredLogout {
  id: string;
  flow: LogoutFlow;
  expiresAt: Date;
  record: FlowRecord<LogoutAtRest | LogoutFlow>;
}

@Injectable()
export class LogoutFlows {
  constructor(
    private readonly flows: Flows,
    private readonly newFlows: NewFlows,
  ) {}

  /** Stores a new flow; returns its id. @throws OAuthError 429 if the address has too many */
  start(flow: LogoutFlow, exchange: Exchange): Promise<string> {
    return this.newFlows.start(KIND, atRest(flow), exchange);
  }

  /** The flow, expired or not. */
  async get(id: string): Promise<StoredLogout | undefined> {
    const record = await this.flows.get<LogoutAtRest | LogoutFlow>(KIND, id);
    return record && { id, flow: flowOf(record.data), expiresAt: record.expiresAt, record };
  }

  /** False if another request was faster. */
  move(stored: StoredLogout, state: LogoutFlow['state']): Promise<boolean> {
    return this.flows.transition(KIND, stored.id, { from: stored.record, to: { ...stored.record.data, state } });
  }
}

function atRest({ requestUrl, target, ...flow }: LogoutFlow): LogoutAtRest {
  return { ...flow, sent: pack({ requestUrl, target }) };
}

function flowOf(stored: LogoutAtRest | LogoutFlow): LogoutFlow {
  if (!('sent' in stored)) return stored;
  const { sent, ...flow } = stored;
  return { ...flow, ...unpack(sent) };
}
