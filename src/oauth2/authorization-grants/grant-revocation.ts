/** What the administrator takes back: one grant, or a login session with the grants that hang on it. */
import { Injectable } from '@nestjs/common';
import { isUuid } from '../../consent/sessions/ids.js';
import { LoginSessions } from '../../consent/sessions/login-sessions.js';
import { SessionEnd } from '../../consent/sessions/session-end.js';
import { unknownSession } from '../../consent/sessions/session-list.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange.js';
import { notFound } from '../../protocol/oauth-error.js';
import { LiveGrants, type RevokedGrant } from '../issuance/live-grants.js';

/** Clocks of replicas may differ by this much. */
const CLOCK_MARGIN_MS = 1_000;

@Injectable()
export class GrantRevocation {
  constructor(
    private readonly grants: LiveGrants,
    private readonly sessions: LoginSessions,
    private readonly ending: SessionEnd,
    private readonly events: Events,
  ) {}

  /** With every token that hangs on it; the consent stays. @throws OAuthError 404 */
  async revoke(id: string, exchange: Exchange): Promise<void> {
    const revoked = isUuid(id) ? await this.grants.revoke(id, exchange.arrivedAt) : undefined;
    if (!revoked)
      throw notFound("There is no such grant, or it was revoked before: list those that live by 'subject'.");
    this.report([revoked], exchange);
  }

  /** Ends a login session, remembered or not; the tokens stay. @throws OAuthError 404 */
  async endSession(sid: string, exchange: Exchange): Promise<void> {
    if (!(await this.ending.end(sid, exchange))) throw unknownSession();
  }

  /**
   * Ends a login session and every token that came of it. The grants go first, so that a call that fails half way can be
   * repeated; what the browser was granted between the two goes after them.
   * @throws OAuthError 404
   */
  async endSessionWithTokens(sid: string, exchange: Exchange): Promise<void> {
    const { arrivedAt } = exchange;
    const session = await this.sessions.find(sid);
    if (!session) throw unknownSession();
    this.report(await this.grants.revokeOfSession(sid, arrivedAt), exchange);
    await this.ending.end(sid, exchange);
    const since = new Date(arrivedAt.getTime() - CLOCK_MARGIN_MS);
    this.report(await this.grants.revokeWithoutSession(session.subject, since, new Date()), exchange);
  }

  private report(revoked: RevokedGrant[], { arrivedAt }: Exchange): void {
    for (const { id, clientId, subject } of revoked) {
      this.events.publish({ type: 'grant.revoked', at: arrivedAt, clientId, subject, grantId: id });
    }
  }
}
