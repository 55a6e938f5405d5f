/** Reads and writes login sessions, remembered or not. Only this class writes their table. */
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConfigHolder } from '../../config/config-holder.js';
import { uuidText, uuidV7 } from '../../crypto/random.js';
import { repeated } from '../../database/decided.js';
import { Statements } from '../../database/statements.js';
import { transaction } from '../../database/transaction.js';
import { isUuid } from '../../protocol/uuid.js';
import type { RememberedConsentRow } from '../consents/consent.statements.js';
import { type RememberedConsent, rememberedConsentOf, type RememberedFor } from '../consents/consents.js';
import {
  END_SESSIONS,
  EXTEND_SESSION,
  type EndedSessionRow,
  FIND_SESSION,
  LOCK_SESSION,
  LOCK_SESSIONS_OF,
  type LoginSessionRow,
  START_SESSION,
} from './login-session.statements.js';
import { USE_SESSION } from './session-use.statements.js';

/** The maximum number of sessions that end in one transaction. */
const BATCH = 100;

export interface LoginSession {
  /** uuid: `sid`. */
  id: string;
  subject: string;
  authenticatedAt: Date;
  /** Only a remembered session allows to skip a later login. */
  remember: boolean;
  identityProviderSessionId?: string;
  expiresAt: Date;
  /** Its cookie never has a maximum age. */
  untilBrowserClosed: boolean;
  /** How the person logged in; absent if the app did not tell, or the server was not configured to store it. */
  acr?: string;
  amr?: string[];
}

/** Data about the browser as the login app sends it; this server does not collect any itself. */
interface SessionOrigin {
  userAgent?: string;
  address?: string;
}

export interface EndedSession {
  id: string;
  subject: string;
  identityProviderSessionId?: string;
  /** The `client_id` of each client that got a consent in this session. */
  clientIds: string[];
}

/** The data to notify the clients of an ended session, and the identity provider if one is configured. */
export interface LogoutNotice {
  now: Date;
  identityProvider: boolean;
}

/** More work in the transaction that ends a session. It may run several times, but is committed once. */
export type InSameTransaction = (manager: EntityManager) => Promise<void>;

interface UsedSession {
  session?: LoginSession;
  /** The remembered consent of the subject for the client. */
  remembered?: RememberedConsent;
}

type UsedSessionRow = LoginSessionRow & (RememberedConsentRow | { remembered_id: null });

@Injectable()
export class LoginSessions {
  constructor(
    private readonly statements: Statements,
    private readonly dataSource: DataSource,
    private readonly config: ConfigHolder,
  ) {}

  /** The session unless it was ended, even if it has expired or is not remembered. */
  async find(id: string): Promise<LoginSession | undefined> {
    if (!isUuid(id)) return undefined;
    const [row] = await this.statements.run<LoginSessionRow>(FIND_SESSION, [id]);
    return row && sessionOf(row);
  }

  /** The session, if it allows to skip a login. This enforces `remember_for`, even if the browser still sends the cookie. */
  async findUsable(id: string, now: Date): Promise<LoginSession | undefined> {
    const session = await this.find(id);
    return session && usable(session, now);
  }

  /** Stores a new session. Called only once for a flow, so that an ended session is not revived. */
  async start(session: LoginSession & SessionOrigin): Promise<void> {
    const { id, subject, authenticatedAt, remember, identityProviderSessionId, expiresAt } = session;
    await this.statements.run(START_SESSION, [
      ...[id, subject, authenticatedAt, remember, identityProviderSessionId ?? null, expiresAt],
      ...[session.untilBrowserClosed, session.acr ?? null, session.amr ?? null],
      ...[session.userAgent ?? null, session.address ?? null],
    ]);
  }

  /**
   * The session of a skipped login, if it is still valid, and the remembered consent for a client. Updates the data about
   * the browser that the app sent; other data stays.
   */
  async use(
    id: string,
    { userAgent, address }: SessionOrigin,
    { clientKey, withDetails }: RememberedFor,
    now: Date,
  ): Promise<UsedSession> {
    const values = [id, now, userAgent ?? null, address ?? null, clientKey, withDetails];
    const [row] = await this.statements.run<UsedSessionRow>(USE_SESSION, values);
    if (!row) return {};
    const remembered = row.remembered_id === null ? undefined : rememberedConsentOf(row, this.config.current.secrets);
    return { session: usable(sessionOf(row), now), remembered };
  }

  /** Undefined if the session has ended. A session that lasts until the browser is closed keeps this property. */
  async extend(id: string, expiresAt: Date, untilBrowserClosed: boolean): Promise<LoginSession | undefined> {
    const [row] = await this.statements.run<LoginSessionRow>(EXTEND_SESSION, [id, expiresAt, untilBrowserClosed]);
    return row && sessionOf(row);
  }

  /**
   * Ends a session, remembered or not. Undefined if there was none, so that only one of several callers gets its clients.
   * @param notice absent: no receiver is notified
   * @param inSameTransaction called only if the session exists, while it is locked and nothing more can be granted in it
   */
  async end(
    id: string,
    notice?: LogoutNotice,
    inSameTransaction?: InSameTransaction,
  ): Promise<EndedSession | undefined> {
    if (!isUuid(id)) return undefined;
    const [ended] = await this.endLocked({ text: LOCK_SESSION, values: [id] }, notice, inSameTransaction);
    return ended;
  }

  /** Ends a batch of sessions of the subject; returns an empty list if all have ended. */
  async endSomeOf(subject: string, notice: LogoutNotice): Promise<EndedSession[]> {
    return this.endLocked({ text: LOCK_SESSIONS_OF, values: [subject, BATCH] }, notice);
  }

  private async endLocked(
    lock: { text: string; values: unknown[] },
    notice?: LogoutNotice,
    inSameTransaction?: InSameTransaction,
  ): Promise<EndedSession[]> {
    const outbox = notice ? [uuidText(uuidV7(notice.now)), notice.now, notice.identityProvider] : [null, null, false];
    // If the reply to the commit was lost, sessions missing at the second try were ended by the first one.
    let ended: EndedSessionRow[] = [];
    const end = async (manager: EntityManager): Promise<void> => {
      const locked = await manager.query<{ id: string }[]>(lock.text, lock.values);
      if (!locked.length) return;
      await inSameTransaction?.(manager);
      const rows = await manager.query<EndedSessionRow[]>(END_SESSIONS, [locked.map(({ id }) => id), ...outbox]);
      ended = [...ended.filter((before) => !rows.some(({ id }) => id === before.id)), ...rows];
    };
    await repeated(() => transaction(this.dataSource, end));
    return endedSessions(ended);
  }
}

/** @param rows one row for each client of each session */
function endedSessions(rows: EndedSessionRow[]): EndedSession[] {
  const ended = new Map<string, EndedSession>();
  for (const { id, subject, identity_provider_session_id: atProvider, client_id: clientId } of rows) {
    const session = ended.get(id) ?? { id, subject, identityProviderSessionId: atProvider ?? undefined, clientIds: [] };
    if (clientId !== null) session.clientIds.push(clientId);
    ended.set(id, session);
  }
  return [...ended.values()];
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
    untilBrowserClosed: row.until_browser_closed,
    acr: row.acr ?? undefined,
    amr: row.amr ?? undefined,
  };
}
