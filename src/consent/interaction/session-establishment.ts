/** Writes the results of a login: the session row, the cookie of the browser, the forced subject identifier. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { OAuthError } from '../../protocol/oauth-error.js';
import type { AcceptedLogin, Flow } from '../flow/flow.js';
import type { InteractionContext } from './flow-ending.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';
import { usesAcr } from '../prompt/asked-authentication.js';
import { BrowserSession } from '../sessions/browser-session.js';
import { type LoginSession, LoginSessions } from '../sessions/login-sessions.js';

/** Pauses between reads of a session that may not be written yet; an ended session costs the same time. */
const REREAD_PAUSES_MS = [5, 20, 75];

@Injectable()
export class SessionEstablishment {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly browser: BrowserSession,
    private readonly subjects: SubjectIdentifiers,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** Called once for a flow with an accepted login; returns the values of Set-Cookie headers. */
  async establish(flow: Flow, { client, exchange }: InteractionContext): Promise<string[]> {
    const { loginAnswer: answer, login } = flow;
    if (answer?.kind !== 'accepted') return [];
    await this.subjects.force(client, answer.subject, answer.forceSubjectIdentifier);
    if (!login.skip) return this.start(flow, answer, exchange);
    return answer.extendSessionLifespan ? this.extend(login.sessionId, answer, exchange.arrivedAt) : [];
  }

  /** The cookie again, for a browser that did not receive the first response. Writes nothing. */
  async repeatCookie(flow: Flow, exchange: Exchange): Promise<string[]> {
    const { login, loginAnswer: answer } = flow;
    if (login.skip || answer?.kind !== 'accepted' || !answer.remember) return [];
    if (this.browser.idOf(exchange) !== undefined) return [];
    const session = await this.startedSession(flow, exchange.arrivedAt);
    return session ? this.browser.give(session, exchange.arrivedAt) : [];
  }

  /**
   * The session of the login. After a double click the browser discards the first response, and the first request may not
   * have written the session yet: the second request waits a moment for it.
   */
  private async startedSession({ state, login }: Flow, now: Date): Promise<LoginSession | undefined> {
    for (const pause of state === 'consent_asked' ? REREAD_PAUSES_MS : []) {
      const session = await this.sessions.findUsable(login.sessionId, now);
      if (session) return session;
      await sleep(pause);
    }
    return this.sessions.findUsable(login.sessionId, now);
  }

  /** A login that does not satisfy the request ends the session of the browser: the next request asks for a login. */
  async refuse(refusal: OAuthError, exchange: Exchange): Promise<void> {
    if (refusal.code === 'login_required') await this.browser.giveUp(exchange);
  }

  /** A skipped login does not change the session, unless the app extends it. */
  private async extend(sessionId: string, answer: AcceptedLogin, now: Date): Promise<string[]> {
    const { untilBrowserClosed = false } = answer;
    const extended = await this.sessions.extend(sessionId, this.expiry(answer, now), untilBrowserClosed);
    return extended ? this.browser.give(extended, now) : [];
  }

  private async start({ login, consent, request }: Flow, answer: AcceptedLogin, exchange: Exchange): Promise<string[]> {
    const now = exchange.arrivedAt;
    const session = {
      id: login.sessionId,
      subject: answer.subject,
      authenticatedAt: new Date((consent?.authTime ?? answer.answeredAt) * 1000),
      remember: answer.remember,
      identityProviderSessionId: answer.identityProviderSessionId || undefined,
      expiresAt: this.expiry(answer.remember ? answer : { rememberFor: 0 }, now),
      untilBrowserClosed: answer.remember && answer.untilBrowserClosed === true,
      ...(usesAcr(this.config.current) ? { acr: answer.acr || undefined, amr: nonEmpty(answer.amr) } : {}),
      userAgent: answer.userAgent,
      address: answer.address,
    };
    await this.sessions.start(session);
    const started = { clientId: request.clientId, subject: answer.subject, sid: login.sessionId };
    this.events.publish({ type: 'login_session.started', at: now, ...started, remember: answer.remember });
    // A person who does not want to be remembered is not remembered by an older session either.
    return answer.remember ? this.browser.give(session, now) : this.browser.giveUp(exchange);
  }

  private expiry({ rememberFor }: Pick<AcceptedLogin, 'rememberFor'>, now: Date): Date {
    const seconds = rememberFor === 0 ? this.config.current.ttl.authentication_session : rememberFor;
    return new Date(now.getTime() + seconds * 1000);
  }
}

const nonEmpty = (list: string[]): string[] | undefined => (list.length ? list : undefined);
