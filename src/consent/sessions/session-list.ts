/** Lists of login sessions with their clients. It only reads; LoginSessions writes. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, MoreThan, Repository } from 'typeorm';
import { notFound } from '../../protocol/admin-error.js';
import { type OAuthError } from '../../protocol/oauth-error.js';
import { isUuid, MAX_UUID } from '../../protocol/uuid.js';
import { ConsentEntity } from '../consents/consent.entity.js';
import { LoginSessionEntity } from './login-session.entity.js';

interface SessionPage {
  subject: string;
  /** Id of the last session of the previous page. */
  after?: string;
  size: number;
}

export interface ListedSession {
  session: LoginSessionEntity;
  /** The `client_id` of each client that got a consent in this session. */
  clientIds: string[];
}

@Injectable()
export class SessionList {
  constructor(
    @InjectRepository(LoginSessionEntity) private readonly sessions: Repository<LoginSessionEntity>,
    @InjectRepository(ConsentEntity) private readonly consents: Repository<ConsentEntity>,
  ) {}

  /** A page of the subject's sessions that have not ended, newest first; `next` if there are more. */
  async page({ subject, after = MAX_UUID, size }: SessionPage, now: Date) {
    const rows = await this.sessions.find({
      where: { subject, id: LessThan(after), expiresAt: MoreThan(now) },
      order: { id: 'desc' },
      take: size + 1,
    });
    const sessions = await this.withClients(rows.slice(0, size));
    return { sessions, next: rows.length > size ? sessions.at(-1)?.session.id : undefined };
  }

  /** @throws OAuthError 404 if the session is unknown or has ended */
  async read(id: string, now: Date): Promise<ListedSession> {
    const found = isUuid(id) ? await this.sessions.findBy({ id, expiresAt: MoreThan(now) }) : [];
    const [listed] = await this.withClients(found);
    if (!listed) throw unknownSession();
    return listed;
  }

  private async withClients(sessions: LoginSessionEntity[]): Promise<ListedSession[]> {
    if (sessions.length === 0) return [];
    const parties = await this.consents
      .createQueryBuilder('consent')
      .innerJoin('consent.client', 'client')
      .select('consent.loginSessionId', 'sessionId')
      .addSelect('client.clientId', 'clientId')
      .distinct()
      .where({ loginSessionId: In(sessions.map(({ id }) => id)) })
      .orderBy('client.clientId')
      .getRawMany<{ sessionId: string; clientId: string }>();
    return sessions.map((session) => ({
      session,
      clientIds: parties.filter(({ sessionId }) => sessionId === session.id).map(({ clientId }) => clientId),
    }));
  }
}

export function unknownSession(): OAuthError {
  return notFound("There is no login session of this id, or it has ended: list those that live by 'subject'.");
}
