/** Login sessions: who is logged in, remembered or not. The only writer of their table. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import { Statements } from '../../database/statements.js';
import {
  END_SESSION,
  END_SESSIONS_OF,
  EXTEND_SESSION,
  type EndedSessionRow,
  FIND_SESSION,
  LOCK_SESSION,
  type LoginSessionRow,
  START_SESSION,
} from './login-session.statements.js';
import { isUuid } from './ids.js';
import { USE_SESSION } from './session-use.statements.js';

export interface LoginSession {
  /** uuid: `sid`. */
  id: string;
  subject: string;
  authenticatedAt: Date;
  /** Only a remembered one lets a later login be skipped. */
  remember: boolean;
  identityProviderSessionId?: string;
  expiresAt: Date;
}

/** What the login app says of the browser: this server never looks itself. */
export interface SessionOrigin {
  userAgent?: string;
  address?: string;
}

export interface EndedSession {
  id: string;
  subject: string;
  identityProviderSessionId?: string;
  /** Clients that were given a consent under it. */
  clientIds: string[];
}

export interface SessionEnding {
  /** A session that is not remembered stays. */
  onlyRemembered?: boolean;
  /** Who took part in it is told through the outbox, and the identity provider if one is configured. Default: nobody. */
  tell?: { now: Date; identityProvider: boolean };
}

export interface UsedSession {
  session?: LoginSession;
  /** Of the newest remembered consent of its subject for the client. */
  rememberedScope?: string[];
}

interface UsedSessionRow extends LoginSessionRow {
  [column: string]: unknown;
  remembered_scope: string[] | null;
}

@Injectable()
export class LoginSessions {
  constructor(
    private readonly statements: Statements,
    private readonly dataSource: DataSource,
  ) {}

  /** Whatever state it is in, as long as it was not ended. */
  async find(id: string): Promise<LoginSession | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.statements.run<LoginSessionRow>(FIND_SESSION, [id]);
    return row && sessionOf(row);
  }

  /** The session if a login may be skipped with it: `remember_for` is kept to here, whatever the browser still sends. */
  async findUsable(id: string, now: Date): Promise<LoginSession | undefined> {
    const session = await this.find(id);
    return session && usable(session, now);
  }

  /** Stores a new session. Called once for a flow that goes on, so that a session that was ended is not revived. */
  async start(session: LoginSession & SessionOrigin): Promise<void> {
    const { id, subject, authenticatedAt, remember, identityProviderSessionId, expiresAt } = session;
    await this.statements.run(START_SESSION, [
      ...[id, subject, authenticatedAt, remember, identityProviderSessionId ?? null, expiresAt],
      ...[session.userAgent ?? null, session.address ?? null],
    ]);
  }

  /**
   * The session that a login was skipped with, if it still counts, and the scopes of the remembered consent for a client.
   * What the app says of the browser counts anew; what it leaves out stays.
   */
  async use(id: string, { userAgent, address }: SessionOrigin, clientKey: string, now: Date): Promise<UsedSession> {
    const values = [id, now, userAgent ?? null, address ?? null, clientKey];
    const [row] = await this.statements.run<UsedSessionRow>(USE_SESSION, values);
    return { session: row && usable(sessionOf(row), now), rememberedScope: row?.remembered_scope ?? undefined };
  }

  /** False where the session has ended. */
  async extend(id: string, expiresAt: Date): Promise<boolean> {
    return (await this.statements.run(EXTEND_SESSION, [id, expiresAt])).length > 0;
  }

  /** Ends a session: undefined where there was none, so that of several callers one learns who took part in it. */
  async end(id: string, { onlyRemembered = false, tell }: SessionEnding = {}): Promise<EndedSession | undefined> {
    if (!isUuid(id)) return undefined;
    const outbox = tell ? [uuidText(uuidV7(tell.now)), tell.now, tell.identityProvider] : [null, null, false];
    const rows = await this.dataSource.transaction(async (manager) => {
      await manager.query(LOCK_SESSION, [id]);
      return manager.query<EndedSessionRow[]>(END_SESSION, [id, onlyRemembered, ...outbox]);
    });
    const [first] = rows;
    if (!first) return undefined;
    return {
      id: first.id,
      subject: first.subject,
      identityProviderSessionId: first.identity_provider_session_id ?? undefined,
      clientIds: rows.flatMap((row) => row.client_id ?? []),
    };
  }

  /** Ends every session of the subject, and says which. */
  async endAllOf(subject: string): Promise<string[]> {
    return (await this.statements.run<{ id: string }>(END_SESSIONS_OF, [subject])).map(({ id }) => id);
  }
}

function usable(session: LoginSession, now: Date): LoginSession | undefined {
  return session.remember && session.expiresAt > now ? session : undefined;
}

function sessionOf(row: LoginSessionRow): LoginSession {
  return {
    id: row.id,
    subject: row.subject,
    authenticatedAt: row.authenticated_at,
    remember: row.remember,
    identityProviderSessionId: row.identity_provider_session_id ?? undefined,
    expiresAt: row.expires_at,
  };
}
