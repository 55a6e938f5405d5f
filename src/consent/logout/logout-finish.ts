/**
 * The end of a logout: the browser comes back with the verifier. Deleting the session's row decides who of several is the
 * first; whoever comes later is sent on and touches nothing.
 */
import { Injectable } from '@nestjs/common';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange.js';
import { accessDenied, notFound, requestUnauthorized } from '../../protocol/oauth-error.js';
import { Handles } from '../handles.js';
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

  /** @throws OAuthError for our own error page: 404 where the verifier is unknown, request_unauthorized, access_denied */
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

  /** Where no ID token proves the session, only the browser that has it ends it. Undefined: there is nothing to end. */
  private async end({ flow }: StoredLogout, exchange: Exchange): Promise<EndedSession | undefined> {
    if (flow.browserBound && this.browser.idOf(exchange) !== flow.sid) return undefined;
    return this.sessions.end(flow.sid, exchange);
  }

  /** The browser may have another session of the same person by now; one of somebody else is not ours to end. */
  private async endInBrowser(subject: string, exchange: Exchange): Promise<string[]> {
    const session = await this.browser.read(exchange);
    return session && session.subject !== subject ? [] : this.browser.end(exchange);
  }
}
