/** Revocation by the administrator: of one grant, or of a login session with its grants. */
import { Injectable } from '@nestjs/common';
import { SessionEnd } from '../../consent/sessions/session-end.js';
import { unknownSession } from '../../consent/sessions/session-list.js';
import { Events } from '../../events/events.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { notFound } from '../../protocol/admin-error.js';
import { isUuid } from '../../protocol/uuid.js';
import { LiveGrants, type RevokedGrant } from '../issuance/live-grants.js';

@Injectable()
export class GrantRevocation {
  constructor(
    private readonly grants: LiveGrants,
    private readonly ending: SessionEnd,
    private readonly events: Events,
  ) {}

  /** Revokes a grant with all its tokens; the consent stays. @throws OAuthError 404 */
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
   * Ends a login session and all tokens issued under it, in one transaction. A concurrent grant in the same browser either
   * comes first and is revoked as well, or finds that the session has ended.
   * @throws OAuthError 404
   */
  async endSessionWithTokens(sid: string, exchange: Exchange): Promise<void> {
    const revoked = new Map<string, RevokedGrant>();
    const ended = await this.ending.end(sid, exchange, async (manager) => {
      const grants = await this.grants.revokeOfSession(sid, exchange.arrivedAt, manager);
      for (const grant of grants) revoked.set(grant.id, grant);
    });
    if (!ended) throw unknownSession();
    this.report([...revoked.values()], exchange);
  }

  private report(revoked: RevokedGrant[], { arrivedAt }: Exchange): void {
    for (const { id, clientId, subject } of revoked) {
      this.events.publish({ type: 'grant.revoked', at: arrivedAt, clientId, subject, grantId: id });
    }
  }
}
