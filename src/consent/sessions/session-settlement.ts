/** What a login leaves behind: the session row, the browser's cookie, the forced subject identifier. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import type { AcceptedLogin, Flow } from '../flow/flow.js';
import type { Visit } from '../flow/flow-ending.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';
import { BrowserSession } from './browser-session.js';
import { LoginSessions } from './login-sessions.js';

@Injectable()
export class SessionSettlement {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly browser: BrowserSession,
    private readonly subjects: SubjectIdentifiers,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** Called once for a flow that has moved on with an accepted login. The Set-Cookie lines for the browser. */
  async settle(flow: Flow, { client, exchange }: Visit): Promise<string[]> {
    const { loginAnswer: answer, login } = flow;
    if (answer?.kind !== 'accepted') return [];
    await this.subjects.force(client, answer.subject, answer.forceSubjectIdentifier);
    if (!login.skip) return this.start(flow, answer, exchange);
    return answer.extendSessionLifespan ? this.extend(login.sessionId, answer, exchange.arrivedAt) : [];
  }

  /** The cookie once more, for a browser that lost the answer which brought it. Writes nothing. */
  async giveAgain({ login, loginAnswer: answer }: Flow, exchange: Exchange): Promise<string[]> {
    if (login.skip || answer?.kind !== 'accepted' || !answer.remember) return [];
    if (this.browser.idOf(exchange) !== undefined) return [];
    const session = await this.sessions.findUsable(login.sessionId, exchange.arrivedAt);
    return session ? this.browser.give(session, exchange.arrivedAt) : [];
  }

  /** A login that does not do for the request ends the session that the browser had: the next request asks anew. */
  async refuse(refusal: OAuthError, exchange: Exchange): Promise<void> {
    if (refusal.code === 'login_required') await this.browser.giveUp(exchange);
  }

  /** A skipped login leaves the session as it is, unless the app wants it to last longer. */
  private async extend(sessionId: string, answer: AcceptedLogin, now: Date): Promise<string[]> {
    const expiresAt = this.expiry(answer, now);
    const extended = await this.sessions.extend(sessionId, expiresAt);
    return extended ? this.browser.give({ id: sessionId, expiresAt }, now) : [];
  }

  private async start({ login, request }: Flow, answer: AcceptedLogin, exchange: Exchange): Promise<string[]> {
    const now = exchange.arrivedAt;
    const expiresAt = this.expiry(answer.remember ? answer : { rememberFor: 0 }, now);
    await this.sessions.start({
      id: login.sessionId,
      subject: answer.subject,
      authenticatedAt: new Date(answer.answeredAt * 1000),
      remember: answer.remember,
      identityProviderSessionId: answer.identityProviderSessionId || undefined,
      expiresAt,
      userAgent: answer.userAgent,
      address: answer.address,
    });
    const started = { clientId: request.clientId, subject: answer.subject, sid: login.sessionId };
    this.events.publish({ type: 'login_session.started', at: now, ...started, remember: answer.remember });
    // Who does not want to be remembered is not remembered by an older session either.
    return answer.remember ? this.browser.give({ id: login.sessionId, expiresAt }, now) : this.browser.giveUp(exchange);
  }

  private expiry({ rememberFor }: Pick<AcceptedLogin, 'rememberFor'>, now: Date): Date {
    const seconds = rememberFor === 0 ? this.config.current.ttl.authentication_session : rememberFor;
    return new Date(now.getTime() + seconds * 1000);
  }
}
