/** The login session of a browser: the cookie that names it, and the row that says whether it still counts. */
import { Injectable } from '@nestjs/common';
import { Cookies } from '../../http/cookies.js';
import type { Exchange } from '../../http/exchange.js';
import { type LoginSession, LoginSessions } from './login-sessions.js';
import { SessionEnd } from './session-end.js';

@Injectable()
export class BrowserSession {
  constructor(
    private readonly cookies: Cookies,
    private readonly sessions: LoginSessions,
    private readonly ending: SessionEnd,
  ) {}

  /** The session if a login may be skipped with it now. */
  async read(exchange: Exchange): Promise<LoginSession | undefined> {
    const id = this.cookies.read(exchange, 'session');
    return id === undefined ? undefined : this.sessions.findUsable(id, exchange.arrivedAt);
  }

  /** The Set-Cookie lines that give the browser this session for as long as it lasts. */
  give({ id, expiresAt }: Pick<LoginSession, 'id' | 'expiresAt'>, now: Date): string[] {
    return this.cookies.write('session', id, Math.floor((expiresAt.getTime() - now.getTime()) / 1000));
  }

  /** Ends whatever session the browser has, as a logout; the Set-Cookie lines that take its cookie away. */
  async end(exchange: Exchange): Promise<string[]> {
    const id = this.idOf(exchange);
    if (id === undefined) return [];
    await this.ending.end(id, exchange);
    return this.cookies.clear('session');
  }

  /** The same where another login took the place of the session: nobody logged out, and nobody is told. */
  async giveUp(exchange: Exchange): Promise<string[]> {
    const id = this.idOf(exchange);
    if (id === undefined) return [];
    await this.ending.replace(id, exchange);
    return this.cookies.clear('session');
  }

  /** Takes the cookie of a session away that has ended elsewhere; of another session it leaves the browser its own. */
  forget(exchange: Exchange, sessionId: string): string[] {
    return this.cookies.read(exchange, 'session') === sessionId ? this.cookies.clear('session') : [];
  }

  /** The id that the cookie names, whether the session still counts or not. */
  idOf(exchange: Exchange): string | undefined {
    return this.cookies.read(exchange, 'session');
  }
}
