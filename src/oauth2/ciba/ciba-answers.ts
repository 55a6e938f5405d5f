/** Answers of the operator's app to backchannel authentication requests. The first one counts. */
import { Injectable } from '@nestjs/common';
import type {
  AcceptOAuth2CibaRequestDto,
  RejectOAuth2CibaRequestDto,
} from '../../consent/ciba/answer-ciba-request.dto.js';
import { CibaGrants } from '../../consent/ciba/ciba-grants.js';
import { cibaRequestDocument, type OAuth2CibaRequestDto } from '../../consent/ciba/ciba-request.dto.js';
import { type CibaRecord, CibaRequests, isOpen } from '../../consent/ciba/ciba-requests.js';
import { Events } from '../../events/events.js';
import { gone, notFound } from '../../protocol/admin-error.js';
import { CibaClients } from './ciba-clients.js';
import { CibaIssuance } from './ciba-issuance.js';

@Injectable()
export class CibaAnswers {
  constructor(
    private readonly requests: CibaRequests,
    private readonly clients: CibaClients,
    private readonly grants: CibaGrants,
    private readonly issuance: CibaIssuance,
    private readonly events: Events,
  ) {}

  /** @throws OAuthError 404 if the challenge is unknown, 410 if the request was answered or has expired */
  async read(challenge: string, now: Date): Promise<OAuth2CibaRequestDto> {
    const record = await this.open(challenge, now);
    return cibaRequestDocument(challenge, record, await this.clients.of(record));
  }

  /**
   * Writes what the person granted. An answer that was cut off may be repeated.
   * @throws OAuthError as `read`; 400 for another person, or if the client may not have it any more
   */
  async accept(challenge: string, dto: AcceptOAuth2CibaRequestDto, now: Date): Promise<void> {
    const record = await this.open(challenge, now);
    await this.clients.of(record);
    await this.clients.fresh(record, async (client) => {
      const granted = await this.grants.of(record, { dto, client, now });
      if (!(await this.requests.beginAccept(record.id, dto.subject))) throw answered();
      const grantId = await this.issuance.approve(record, granted, client, now);
      await this.requests.approve(record.id);
      if (grantId === undefined) throw answered();
      const { consentId: consentRequestId } = record.data;
      const about = { clientId: client.clientId, subject: dto.subject, consentRequestId, grantId };
      this.events.publish({ type: 'ciba.approved', at: now, ...about });
    });
  }

  /** @throws OAuthError as `read` */
  async reject(challenge: string, dto: RejectOAuth2CibaRequestDto, now: Date): Promise<void> {
    const { id } = await this.open(challenge, now);
    const description = dto.error_description || undefined;
    const denied = await this.requests.deny(id, { error: dto.error || 'access_denied', description });
    if (!denied) throw answered();
    await this.issuance.deny(denied, now);
    const { consentId: consentRequestId, request } = denied.data;
    this.events.publish({ type: 'ciba.denied', at: now, clientId: request.clientId, consentRequestId });
  }

  private async open(challenge: string, now: Date): Promise<CibaRecord> {
    const record = await this.requests.findByChallenge(challenge);
    if (!record) throw notFound('The CIBA challenge is unknown: use the one that the hook got, whole.');
    if (!isOpen(record.data) || record.expiresAt <= now) throw answered();
    return record;
  }
}

const answered = () => gone('The request was answered, or has expired.');
