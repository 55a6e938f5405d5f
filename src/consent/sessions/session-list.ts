/** Login sessions as a page of devices shows them. Reads; LoginSessions writes. */
import { Injectable } from '@nestjs/common';
import { Statements } from '../../database/statements.js';
import { notFound, type OAuthError } from '../../protocol/oauth-error.js';
import { isUuid } from './ids.js';
import { LIST_SESSIONS, type ListedSessionRow, READ_SESSION } from './session-use.statements.js';

const END = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export interface SessionPage {
  subject: string;
  /** Id of the last session of the page before. */
  after?: string;
  size: number;
}

@Injectable()
export class SessionList {
  constructor(private readonly statements: Statements) {}

  /** A page of the subject's sessions that have not ended, the newest first; `next` where there are more. */
  async page({ subject, after = END, size }: SessionPage, now: Date) {
    const rows = await this.statements.run<ListedSessionRow>(LIST_SESSIONS, [subject, after, now, size + 1]);
    const sessions = rows.slice(0, size);
    return { sessions, next: rows.length > size ? sessions.at(-1)?.id : undefined };
  }

  /** @throws OAuthError 404 where it is unknown or has ended */
  async read(id: string, now: Date): Promise<ListedSessionRow> {
    const [row] = isUuid(id) ? await this.statements.run<ListedSessionRow>(READ_SESSION, [id, now]) : [];
    if (!row) throw unknownSession();
    return row;
  }
}

export function unknownSession(): OAuthError {
  return notFound("There is no login session of this id, or it has ended: list those that live by 'subject'.");
}
