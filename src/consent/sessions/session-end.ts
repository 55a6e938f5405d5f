/** The end of login sessions, by logout or by an administrator. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange.js';
import { LogoutCourier } from '../back-channel/logout-courier.js';
import { type EndedSession, LoginSessions } from './login-sessions.js';

@Injectable()
export class SessionEnd {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly courier: LogoutCourier,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Ends one session; undefined where it had ended before, so that it has consequences once. The clients that it was used
   * with are told through their back channel, and the identity provider is: written with the end, sent afterwards.
   */
  async end(id: string, exchange: Exchange, options?: { onlyRemembered: boolean }): Promise<EndedSession | undefined> {
    const identityProvider = this.config.current.urls.identity_provider.url !== undefined;
    const tell = { now: exchange.arrivedAt, identityProvider };
    const ended = await this.sessions.end(id, { ...options, tell });
    if (!ended) return undefined;
    this.courier.wake();
    this.publish(exchange, ended.subject, ended.id);
    return ended;
  }

  /** As `end`, and nobody is told: another login took the place of the session, nobody logged out. */
  async replace(id: string, exchange: Exchange): Promise<void> {
    const ended = await this.sessions.end(id);
    if (ended) this.publish(exchange, ended.subject, ended.id);
  }

  /** Ends every session of the subject. Nobody else is told. */
  async endAllOf(subject: string, exchange: Exchange): Promise<void> {
    for (const id of await this.sessions.endAllOf(subject)) this.publish(exchange, subject, id);
  }

  private publish({ arrivedAt }: Exchange, subject: string, sid: string): void {
    this.events.publish({ type: 'login_session.ended', at: arrivedAt, subject, sid });
  }
}
