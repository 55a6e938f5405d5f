/** The beginning of a login, a consent or a logout. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Flows } from '../../flow-store/flows.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { newFlowId } from './handles.js';
import { OpenFlows } from './open-flows.js';

@Injectable()
export class NewFlows {
  constructor(
    private readonly flows: Flows,
    private readonly config: ConfigHolder,
    private readonly open: OpenFlows,
  ) {}

  /** Stores a new flow for `ttl.login_consent_request`; returns its id. @throws OAuthError 429 if the address has too many */
  async start(kind: string, data: unknown, exchange: Exchange): Promise<string> {
    await this.open.admit(exchange);
    const now = exchange.arrivedAt;
    const id = newFlowId();
    const expiresAt = new Date(now.getTime() + this.config.current.ttl.login_consent_request * 1000);
    await this.flows.put(kind, id, data, { now, expiresAt });
    return id;
  }
}
