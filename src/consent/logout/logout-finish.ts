/**
 * The end of a logout: the browser returns with the verifier. Of several requests the one that deletes the session is the
 * first; later requests are only redirected.
 */
import { Injectable } from '@nestjs/common';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { notFound } from '../../protocol/admin-error.js';
import { accessDenied, requestUnauthorized } from '../../protocol/oauth-error.js';
import { Handles } from '../flow/handles.js';
import { BrowserSession } from '../sessions/browser-session.js';
import type { EndedSession } from '../sessions/login-sessions.js';
import { SessionEnd } from '../sessions/session-end.js';
import { FrontChannel } from './front-channel.js';
import { LogoutFlows, type StoredLogout } from './logout-flow.js';
import type { LogoutInteraction } from './logout-interaction.js';

@Injectable()
export class LogoutFinish {
  constructor(
    private readonly flows: LogoutFlows,
    private readonly handles: Handles,
    private readonly sessions: SessionEnd,
    private readonly browser: BrowserSession,
    private readonly frontChannel: FrontChannel,
    private readonly events: Events,
  ) {}

  /** @throws OAuthError for the error page: 404 if the verifier is unknown, request_unauthorized, access_denied */
  async complete(verifier: string, exchange: Exchange): Promise<LogoutInteraction> {
    const stored = await this.find(verifier, exchange.arrivedAt);
    const { flow } = stored;
    const ended = await this.end(stored, exchange);
    if (!ended) return { kind: 'redirect', location: flow.target, cookies: [] };
    const { subject, sid, clientId } = flow;
    this.events.publish({ type: 'logout.completed', at: exchange.arrivedAt, clientId, subject, sid });
    const cookies = await this.endInBrowser(subject, exchange);
    const frames = await this.frontChannel.frames(ended);
    if (!frames.length) return { kind: 'redirect', location: flow.target, cookies };
    return { kind: 'front_channel', frames, target: flow.target, cookies };
  }

  private async find(verifier: string, now: Date): Promise<StoredLogout> {
    const id = this.handles.read('logout_verifier', verifier);
    const stored = id === undefined ? undefined : await this.flows.get(id);
    if (!stored) throw notFound('The logout verifier is unknown: start the logout again.');
    if (stored.expiresAt <= now) throw requestUnauthorized('The logout request has expired: start the logout again.');
    if (stored.flow.state === 'asked') throw accessDenied('The logout was not accepted: open its logout challenge.');
    return stored;
  }

  /** Without an ID token as proof, only the browser of the session can end it. Undefined: there is no session to end. */
  private async end({ flow }: StoredLogout, exchange: Exchange): Promise<EndedSession | undefined> {
    if (flow.browserBound && this.browser.idOf(exchange) !== flow.sid) return undefined;
    return this.sessions.end(flow.sid, exchange);
  }

  /** Ends the present session of the browser if it is of the same person; a session of another person stays. */
  private async endInBrowser(subject: string, exchange: Exchange): Promise<string[]> {
    const session = await this.browser.read(exchange);
    return session && session.subject !== subject ? [] : this.browser.end(exchange);
  }
}
