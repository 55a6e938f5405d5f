/** The administration of live grants: lists them, and revokes single grants with all their tokens. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, Repository } from 'typeorm';
import { ConfigHolder } from '../../config/config-holder.js';
import { Statements } from '../../database/statements.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import { MAX_UUID } from '../../protocol/uuid.js';
import { AuthorizationGrantEntity } from './authorization-grant.entity.js';
import {
  LIST_GRANTS_OF_CLIENT,
  LIST_GRANTS_OF_SUBJECT,
  type LiveGrantRow,
  REVOKE_GRANTS_OF_SESSION,
  type RevokedGrantRow,
} from './grant-list.statements.js';
import { inGrant } from './grant-session.js';
import { openSession } from './open-session.js';

/** The grants of a subject, optionally of one client or one login session; or all grants of a client. */
export type GrantFilter = { subject: string; clientId?: string; sessionId?: string } | { clientId: string };

export interface LiveGrant extends Omit<LiveGrantRow, 'session'> {
  /** RFC 9396 §7; absent if there are none. */
  authorizationDetails?: AuthorizationDetail[];
}

export interface RevokedGrant {
  id: string;
  clientId: string;
  subject: string;
}

@Injectable()
export class LiveGrants {
  constructor(
    @InjectRepository(AuthorizationGrantEntity) private readonly grants: Repository<AuthorizationGrantEntity>,
    private readonly statements: Statements,
    private readonly config: ConfigHolder,
  ) {}

  /** A page, newest first, with `next` if there are more. @param after id of the last grant of the previous page */
  async list(filter: GrantFilter, { after = MAX_UUID, size }: { after?: string; size: number }, now: Date) {
    const rows = await this.rows(filter, [after, now, size + 1]);
    const grants = rows.slice(0, size).map((row) => this.withDetails(row));
    return { grants, next: rows.length > size ? grants.at(-1)?.id : undefined };
  }

  /** Revokes a grant. Undefined if it is unknown or was revoked before. @param id uuid */
  async revoke(id: string, now: Date): Promise<RevokedGrant | undefined> {
    const living = { id, revokedAt: IsNull() };
    const grant = await this.grants.findOne({ where: living, relations: { client: true } });
    const { affected } = await this.grants.update(living, { revokedAt: now });
    if (!grant?.client || affected !== 1) return undefined; // of two concurrent revocations one succeeds
    return { id, clientId: grant.client.clientId, subject: grant.subject };
  }

  /**
   * Revokes the grants of a login session.
   * @param manager of the transaction that ends the session: afterwards its grants can no longer be found
   */
  async revokeOfSession(sessionId: string, now: Date, manager: EntityManager): Promise<RevokedGrant[]> {
    const rows = await manager.query<RevokedGrantRow[]>(REVOKE_GRANTS_OF_SESSION, [sessionId, now]);
    return rows.map(revokedOf);
  }

  private rows(filter: GrantFilter, page: [after: string, now: Date, limit: number]): Promise<LiveGrantRow[]> {
    const withSession = this.config.current.oauth2.authorization_details.types.length > 0;
    if (!('subject' in filter)) {
      return this.statements.run(LIST_GRANTS_OF_CLIENT, [filter.clientId, ...page, withSession]);
    }
    const { subject, clientId, sessionId } = filter;
    const values = [subject, ...page, clientId ?? null, sessionId ?? null, withSession];
    return this.statements.run(LIST_GRANTS_OF_SUBJECT, values);
  }

  /** If the session cannot be decrypted, the grant is shown without details. */
  private withDetails({ session, ...row }: LiveGrantRow): LiveGrant {
    const opened = session && openSession(this.config.current.secrets, inGrant(row.id), session);
    return { ...row, authorizationDetails: opened?.authorizationDetails };
  }
}

function revokedOf(row: RevokedGrantRow): RevokedGrant {
  return { id: row.id, clientId: row.client_id, subject: row.subject };
}
