/** What was granted and still lives, for the administrator: lists, and the end of single grants with all their tokens. */
import { Injectable } from '@nestjs/common';
import { Statements } from '../../database/statements.js';
import {
  LIST_GRANTS_OF_CLIENT,
  LIST_GRANTS_OF_SUBJECT,
  type LiveGrantRow,
  REVOKE_GRANTS_OF_SESSION,
  REVOKE_GRANTS_WITHOUT_SESSION,
  REVOKE_ONE_GRANT,
  type RevokedGrantRow,
} from './grant-list.statements.js';

const END = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Whose grants: of a subject, perhaps for one client or of one login session; or all of a client. */
export type GrantFilter = { subject: string; clientId?: string; sessionId?: string } | { clientId: string };

export interface RevokedGrant {
  id: string;
  clientId: string;
  subject: string;
}

@Injectable()
export class LiveGrants {
  constructor(private readonly statements: Statements) {}

  /** A page, the newest first; `next` where there are more. @param after id of the last grant of the page before */
  async list(filter: GrantFilter, { after = END, size }: { after?: string; size: number }, now: Date) {
    const rows = await this.rows(filter, [after, now, size + 1]);
    const grants = rows.slice(0, size);
    return { grants, next: rows.length > size ? grants.at(-1)?.id : undefined };
  }

  /** Undefined where it is unknown or was revoked before. @param id uuid */
  async revoke(id: string, now: Date): Promise<RevokedGrant | undefined> {
    const [row] = await this.statements.run<RevokedGrantRow>(REVOKE_ONE_GRANT, [id, now]);
    return row && revokedOf(row);
  }

  /** Ends what hangs on a login session. Call it before the session ends: afterwards nothing leads to its grants. */
  async revokeOfSession(sessionId: string, now: Date): Promise<RevokedGrant[]> {
    const rows = await this.statements.run<RevokedGrantRow>(REVOKE_GRANTS_OF_SESSION, [sessionId, now]);
    return rows.map(revokedOf);
  }

  /** Ends what the subject was granted since then under a session that has ended meanwhile. */
  async revokeWithoutSession(subject: string, since: Date, now: Date): Promise<RevokedGrant[]> {
    const rows = await this.statements.run<RevokedGrantRow>(REVOKE_GRANTS_WITHOUT_SESSION, [subject, since, now]);
    return rows.map(revokedOf);
  }

  private rows(filter: GrantFilter, page: [after: string, now: Date, limit: number]): Promise<LiveGrantRow[]> {
    if (!('subject' in filter)) return this.statements.run(LIST_GRANTS_OF_CLIENT, [filter.clientId, ...page]);
    const { subject, clientId, sessionId } = filter;
    return this.statements.run(LIST_GRANTS_OF_SUBJECT, [subject, ...page, clientId ?? null, sessionId ?? null]);
  }
}

function revokedOf(row: RevokedGrantRow): RevokedGrant {
  return { id: row.id, clientId: row.client_id, subject: row.subject };
}
