/** Ends login sessions, by logout or by an administrator. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { LogoutDeliveryWorker } from '../back-channel/logout-delivery-worker.js';
import { type EndedSession, type InSameTransaction, LoginSessions, type LogoutNotice } from './login-sessions.js';

@Injectable()
export class SessionEnd {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly deliveries: LogoutDeliveryWorker,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Ends one session, remembered or not. Undefined if it had ended before, so that the effects happen once. Notifications
   * for the back channels of its clients and for the identity provider are stored with the end and sent afterwards.
   */
  async end(id: string, exchange: Exchange, inSameTransaction?: InSameTransaction): Promise<EndedSession | undefined> {
    const ended = await this.sessions.end(id, this.noticeOf(exchange), inSameTransaction);
    if (!ended) return undefined;
    this.deliveries.wake();
    this.publish(exchange, ended);
    return ended;
  }

  /** As `end`, but without notifications: another login replaces the session, so this is no logout. */
  async replace(id: string, exchange: Exchange): Promise<void> {
    const ended = await this.sessions.end(id);
    if (ended) this.publish(exchange, ended);
  }

  /** Ends all sessions of the subject, each as `end` does. A call that fails half way can be repeated. */
  async endAllOf(subject: string, exchange: Exchange): Promise<void> {
    const notice = this.noticeOf(exchange);
    for (;;) {
      const ended = await this.sessions.endSomeOf(subject, notice);
      if (!ended.length) return;
      this.deliveries.wake();
      for (const session of ended) this.publish(exchange, session);
    }
  }

  private noticeOf({ arrivedAt }: Exchange): LogoutNotice {
    return { now: arrivedAt, identityProvider: this.config.current.urls.identity_provider.url !== undefined };
  }

  private publish({ arrivedAt }: Exchange, { subject, id: sid }: EndedSession): void {
    this.events.publish({ type: 'login_session.ended', at: arrivedAt, subject, sid });
  }
}
