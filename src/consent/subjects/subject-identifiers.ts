/** What clients see as `sub`: the subject, or for pairwise clients a value of their own, computed or forced by the login app. */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { isForeignKeyViolation, isUniqueViolation } from '../../database/sql-state.js';
import { type Statement, Statements } from '../../database/statements.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { pairwiseIdentifier } from './pairwise-identifier.js';

/** 1 client key, 2 subject. */
const FIND: Statement = {
  name: 'forced_subject_find',
  text: 'select identifier from forced_subject where client_key = $1 and subject = $2',
};

/** 1 client key, 2 subject, 3 identifier. */
const FORCE: Statement = {
  name: 'forced_subject_put',
  text: `
insert into forced_subject (client_key, subject, identifier) values ($1, $2, $3)
on conflict (client_key, subject) do update set identifier = excluded.identifier`,
};

/** 1 client key, 2 subject, 3 identifier. */
const TAKEN: Statement = {
  name: 'forced_subject_taken',
  text: 'select 1 as taken from forced_subject where client_key = $1 and subject <> $2 and identifier = $3',
};

@Injectable()
export class SubjectIdentifiers {
  constructor(
    private readonly statements: Statements,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * @param forced what the login app wants it to be; empty: nothing
   * @throws OAuthError invalid_request where a pairwise client has no sector
   */
  async identify(client: RegisteredClient, subject: string, forced = ''): Promise<string> {
    if (!this.isPairwise(client)) return subject;
    if (forced) return forced;
    const [row] = await this.statements.run<{ identifier: string }>(FIND, [client.key, subject]);
    if (row) return row.identifier;
    return pairwiseIdentifier(client.metadata, subject, this.config.current.oidc.subject_identifiers.pairwise.salt);
  }

  /** Remembers what the login app forced; the newest counts. Of no effect for other than pairwise clients. */
  async force(client: RegisteredClient, subject: string, identifier: string): Promise<void> {
    if (!identifier || !this.isPairwise(client)) return;
    try {
      await this.statements.run(FORCE, [client.key, subject, identifier]);
    } catch (error) {
      if (isUniqueViolation(error)) throw taken(error);
      if (!isForeignKeyViolation(error)) throw error; // the client has just been deleted
    }
  }

  /** @throws OAuthError invalid_request where another subject of the client has the identifier */
  async checkFree(client: RegisteredClient, subject: string, identifier: string): Promise<void> {
    if (!identifier || !this.isPairwise(client)) return;
    const rows = await this.statements.run(TAKEN, [client.key, subject, identifier]);
    if (rows.length) throw taken();
  }

  /** JWT access tokens carry the real subject, which would undo it: with them there are no pairwise subjects. */
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
