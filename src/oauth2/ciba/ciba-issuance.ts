/** What follows from the answer of a person: consent, grant and the ping of the client. */
import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { CibaRecord } from '../../consent/ciba/ciba-requests.js';
import { CibaPingWorker } from '../../consent/ciba/ping-worker.js';
import { type PingDraft, Pings } from '../../consent/ciba/pings.js';
import type { Granted } from '../../consent/consents/granted.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { AuthorizationIssuance } from '../issuance/authorization-issuance.js';

@Injectable()
export class CibaIssuance {
  constructor(
    private readonly issuance: AuthorizationIssuance,
    private readonly pings: Pings,
    private readonly worker: CibaPingWorker,
  ) {}

  /**
   * Writes consent, grant and ping in one statement.
   * @returns the id of the grant; undefined if it was written before
   * @throws StaleClient if the client was changed or deleted meanwhile
   */
  async approve(
    record: CibaRecord,
    granted: Granted,
    client: RegisteredClient,
    now: Date,
  ): Promise<string | undefined> {
    const redeemable = { digest: Buffer.from(record.data.codeDigest, 'base64url'), expiresAt: record.expiresAt };
    const wanted = { code: false, accessToken: false, idToken: false };
    const draft = {
      grantId: Buffer.from(record.id, 'base64url'),
      now,
      wanted,
      redeemable,
      ping: this.ping(record, now),
    };
    const issued = await this.issuance.issue(granted, client, draft).catch(asUsed);
    this.worker.wake();
    return issued === undefined || typeof issued === 'string' ? undefined : issued.grantId;
  }

  /** CIBA Core §10.2: a client that waits is told of a refusal too. */
  async deny(record: CibaRecord, now: Date): Promise<void> {
    const ping = this.ping(record, now);
    if (!ping) return;
    await this.pings.enqueue(ping, record.data.clientKey, now);
    this.worker.wake();
  }

  private ping({ data, expiresAt }: CibaRecord, now: Date): PingDraft | undefined {
    return data.notice && this.pings.draft(data.notice, { now, until: expiresAt });
  }
}

/** The mark of the consent exists: somebody else has answered. */
function asUsed(error: unknown): undefined {
  if (error instanceof OAuthError && error.code === 'access_denied') return undefined;
  throw error;
}
