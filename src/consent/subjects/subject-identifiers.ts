/** The `sub` that a client sees: the subject, or a pairwise identifier, which is computed or forced by the login app. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { isForeignKeyViolation, isUniqueViolation } from '../../database/sql-state.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { ForcedSubjectEntity } from './forced-subject.entity.js';
import { pairwiseIdentifier } from './pairwise-identifier.js';

@Injectable()
export class SubjectIdentifiers {
  constructor(
    @InjectRepository(ForcedSubjectEntity) private readonly forced: Repository<ForcedSubjectEntity>,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * @param forced the identifier that the login app forces; empty: none
   * @throws OAuthError invalid_request if a pairwise client has no sector
   */
  async identify(client: RegisteredClient, subject: string, forced = ''): Promise<string> {
    if (!this.isPairwise(client)) return subject;
    if (forced) return forced;
    const known = await this.forced.findOneBy({ clientKey: client.key, subject });
    if (known) return known.identifier;
    return pairwiseIdentifier(client, subject, this.config.current.oidc.subject_identifiers.pairwise.salt);
  }

  /** Stores the identifier that the login app forces; the newest counts. No effect for clients that are not pairwise. */
  async force(client: RegisteredClient, subject: string, identifier: string): Promise<void> {
    if (!identifier || !this.isPairwise(client)) return;
    try {
      await this.forced.upsert({ clientKey: client.key, subject, identifier }, ['clientKey', 'subject']);
    } catch (error) {
      if (isUniqueViolation(error)) throw taken(error);
      if (!isForeignKeyViolation(error)) throw error; // the client has just been deleted
    }
  }

  /** @throws OAuthError invalid_request if another subject of the client has the identifier */
  async checkFree(client: RegisteredClient, subject: string, identifier: string): Promise<void> {
    if (!identifier || !this.isPairwise(client)) return;
    const others = { clientKey: client.key, subject: Not(subject), identifier };
    if (await this.forced.existsBy(others)) throw taken();
  }

  /** JWT access tokens contain the real subject, which would reveal it: with them there are no pairwise subjects. */
  private isPairwise({ metadata }: RegisteredClient): boolean {
    const { oidc, strategies } = this.config.current;
    if (metadata.subject_type !== 'pairwise') return false;
    if (!oidc.subject_identifiers.supported_types.includes('pairwise')) return false;
    return (metadata.access_token_strategy ?? strategies.access_token) !== 'jwt';
  }
}

function taken(cause?: unknown) {
  return invalidRequest(
    "The 'force_subject_identifier' of the login belongs to another subject of the same client: make it unique.",
    cause,
  );
}
