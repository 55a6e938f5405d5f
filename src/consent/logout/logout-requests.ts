/** Logout requests as the logout app reads and answers them. A request can be read after any answer. */
import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { EventType } from '../../events/domain-event.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { notFound } from '../../protocol/admin-error.js';
import { requestUnauthorized, temporarilyUnavailable } from '../../protocol/oauth-error.js';
import { Handles } from '../flow/handles.js';
import { type LogoutFlow, LogoutFlows, type StoredLogout } from './logout-flow.js';
import { logoutRequestDocument, type OAuth2LogoutRequestDto } from './logout-request.dto.js';
import { logoutUrl } from './logout-url.js';

const MAX_ROUNDS = 1000;

@Injectable()
export class LogoutRequests {
  constructor(
    private readonly flows: LogoutFlows,
    private readonly handles: Handles,
    private readonly clients: ClientsService,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError 404 if the challenge is unknown, 401 if it has expired */
  async read(challenge: string, now: Date): Promise<OAuth2LogoutRequestDto> {
    const stored = await this.find(challenge, now);
    const { clientId } = stored.flow;
    const client = clientId === undefined ? undefined : await this.clients.cached(clientId);
    return logoutRequestDocument(challenge, stored, client);
  }

  /** Accepts the logout; returns the URL that ends the session, always the same one. @throws OAuthError as `read` */
  async accept(challenge: string, exchange: Exchange): Promise<string> {
    const { stored, moved } = await this.answer(challenge, exchange.arrivedAt, { from: 'asked', to: 'accepted' });
    if (moved) this.publish('logout.accepted', stored.flow, exchange);
    const verifier = this.handles.make('logout_verifier', stored.id);
    return logoutUrl(this.config.current.urls.self.public, [['logout_verifier', verifier]]);
  }

  /** Withdraws an acceptance. The app decides where to send the person. @throws OAuthError as `read` */
  async reject(challenge: string, exchange: Exchange): Promise<void> {
    const { stored } = await this.answer(challenge, exchange.arrivedAt, { from: 'accepted', to: 'asked' });
    this.publish('logout.rejected', stored.flow, exchange);
  }

  /** Changes the state of the flow, unless it is not `from`. */
  private async answer(
    challenge: string,
    now: Date,
    { from, to }: { from: LogoutFlow['state']; to: LogoutFlow['state'] },
  ): Promise<{ stored: StoredLogout; moved: boolean }> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const stored = await this.find(challenge, now);
      if (stored.flow.state !== from) return { stored, moved: false };
      if (await this.flows.move(stored, to)) return { stored, moved: true };
    }
    throw temporarilyUnavailable('Try again: the state of the logout could not be changed.');
  }

  private async find(challenge: string, now: Date): Promise<StoredLogout> {
    const id = this.handles.read('logout_challenge', challenge);
    const stored = id === undefined ? undefined : await this.flows.get(id);
    if (!stored) throw notFound('The logout challenge is unknown: use the one that the browser brought, whole.');
    if (stored.expiresAt <= now) throw requestUnauthorized('The logout request has expired: start the logout again.');
    return stored;
  }

  private publish(type: EventType, { clientId, subject, sid }: LogoutFlow, { arrivedAt }: Exchange): void {
    this.events.publish({ type, at: arrivedAt, clientId, subject, sid });
  }
}
