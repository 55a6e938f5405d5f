/** The end of login sessions, by logout or by an administrator. */
import { Injectable } from '@nestjs/common';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange.js';
import { type EndedSession, LoginSessions } from './login-sessions.js';

@Injectable()
export class SessionEnd {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly events: Events,
  ) {}

  /** Ends one session; undefined where it had ended before, so that it has consequences once. */
  async end(id: string, exchange: Exchange, options?: { onlyRemembered: boolean }): Promise<EndedSession | undefined> {
    const ended = await this.sessions.end(id, options);
    if (ended) this.publish(exchange, ended.subject, ended.id);
    return ended;
  }

  /** Ends every session of the subject. Nobody else is told. */
  async endAllOf(subject: string, exchange: Exchange): Promise<void> {
    for (const id of await this.sessions.endAllOf(subject)) this.publish(exchange, subject, id);
  }

  private publish({ arrivedAt, requestId }: Exchange, subject: string, sid: string): void {
    this.events.publish({ type: 'login_session.ended', at: arrivedAt, requestId, subject, sid });
  }
}
