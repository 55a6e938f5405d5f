/** The login session of a browser: the cookie with its id, and the row that tells whether it is still valid. */
import { Injectable } from '@nestjs/common';
import { Cookies } from '../../http/exchange/cookies.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { type LoginSession, LoginSessions } from './login-sessions.js';
import { SessionEnd } from './session-end.js';

type GivenSession = Pick<LoginSession, 'id' | 'expiresAt' | 'untilBrowserClosed'>;

@Injectable()
export class BrowserSession {
  constructor(
    private readonly cookies: Cookies,
    private readonly sessions: LoginSessions,
    private readonly ending: SessionEnd,
  ) {}

  /** The session, if it allows to skip a login now. */
  async read(exchange: Exchange): Promise<LoginSession | undefined> {
    const id = this.cookies.read(exchange, 'session');
    return id === undefined ? undefined : this.sessions.findUsable(id, exchange.arrivedAt);
  }

  /** The Set-Cookie values that give the browser this session until it expires or the browser is closed. */
  give({ id, expiresAt, untilBrowserClosed }: GivenSession, now: Date): string[] {
    const seconds = Math.floor((expiresAt.getTime() - now.getTime()) / 1000);
    return this.cookies.write('session', id, untilBrowserClosed && seconds > 0 ? undefined : seconds);
  }

  /** Ends the session of the browser as a logout; returns the Set-Cookie values that delete its cookie. */
  async end(exchange: Exchange): Promise<string[]> {
    const id = this.idOf(exchange);
    if (id === undefined) return [];
    await this.ending.end(id, exchange);
    return this.cookies.clear('session');
  }

  /** Ends a session that another login replaces: this is no logout, and no receiver is notified. */
  async giveUp(exchange: Exchange): Promise<string[]> {
    const id = this.idOf(exchange);
    if (id === undefined) return [];
    await this.ending.replace(id, exchange);
    return this.cookies.clear('session');
  }

  /** Deletes the cookie of a session that has ended elsewhere; the cookie of another session stays. */
  forget(exchange: Exchange, sessionId: string): string[] {
    return this.cookies.read(exchange, 'session') === sessionId ? this.cookies.clear('session') : [];
  }

  /** The session id in the cookie, even if the session is not valid any more. */
  idOf(exchange: Exchange): string | undefined {
    return this.cookies.read(exchange, 'session');
  }
}
