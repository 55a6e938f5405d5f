/** The issuers whose assertions are accepted, and the keys that verify them. Owner of the table trusted_issuer. */
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, Repository } from 'typeorm';
import { uuidText, uuidV7 } from '../crypto/random.js';
import { decided } from '../database/decided.js';
import { isUniqueViolation } from '../database/sql-state.js';
import { transaction } from '../database/transaction.js';
import { Events } from '../events/events.js';
import { KeyAdministration } from '../keys/key-administration.js';
import { KeySets } from '../keys/key-sets.js';
import type { StoredKey } from '../keys/stored-key.js';
import { badRequest, conflict, notFound } from '../protocol/admin-error.js';
import { isUuid } from '../protocol/uuid.js';
import type { TrustRequest } from './trust-request.js';
import { TrustedIssuerEntity } from './trusted-issuer.entity.js';

/** A trust that has not expired, with its key. */
interface TrustedKey {
  trust: TrustedIssuerEntity;
  key: StoredKey;
}

/** The maximum number of keys that are tried for an assertion without a `kid`. */
const MAX_CANDIDATES = 100;

@Injectable()
export class TrustedIssuers {
  constructor(
    @InjectRepository(TrustedIssuerEntity) private readonly trusts: Repository<TrustedIssuerEntity>,
    private readonly keySets: KeySets,
    private readonly keys: KeyAdministration,
    private readonly events: Events,
  ) {}

  /**
   * The keys that may have signed an assertion of the issuer about the subject (RFC 7523 §3), newest trust first. With
   * `kid`, only keys of that name. Expired trusts are left out.
   */
  async keysFor(issuer: string, subject: string, kid?: string, now = new Date()): Promise<TrustedKey[]> {
    if ([issuer, subject, kid ?? ''].some((text) => text.includes('\u0000'))) return [];
    const same = { issuer, expiresAt: MoreThan(now), ...(kid === undefined ? {} : { kid }) };
    const trusts = await this.trusts.find({
      where: [
        { ...same, allowAnySubject: true },
        { ...same, allowAnySubject: false, subject },
      ],
      order: { id: 'desc' },
      take: MAX_CANDIDATES,
    });
    const found = await Promise.all(trusts.map((trust) => this.withKey(trust)));
    return found.filter((trusted) => trusted !== undefined);
  }

  /**
   * Trusts an issuer. If its key set has a key of this `kid` already, that key stays and is used.
   * @throws OAuthError 409 if a trust with the same issuer, subject and kid exists
   */
  async create(requested: TrustRequest, now: Date): Promise<TrustedIssuerEntity> {
    const { issuer, subject, scope, jwk, expiresAt } = requested;
    const createdAt = new Date(Math.round(now.getTime() / 1000) * 1000);
    const id = uuidText(uuidV7(now));
    const row = { id, issuer, kid: jwk.kid, subject, allowAnySubject: subject === '', scope, createdAt, expiresAt };
    try {
      await decided({
        send: () =>
          transaction(this.trusts.manager.dataSource, async (manager) => {
            await this.keys.addIfAbsent(issuer, jwk, now, manager);
            await manager.withRepository(this.trusts).insert(row);
            return row;
          }),
        isDone: () => true,
        readBack: async () => ((await this.trusts.existsBy({ id })) ? row : undefined),
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw conflict('This issuer is trusted for this subject with this kid already.');
      throw error;
    } finally {
      this.keySets.announceChange(issuer);
    }
    this.events.publish({
      type: 'trusted_issuer.created',
      at: now,
      issuer,
      subject: subject || undefined,
      kid: jwk.kid,
    });
    return row;
  }

  /** One page in the order of creation, and one more row if there is a next page. */
  list(filter: { issuer?: string; after?: string; size: number }): Promise<TrustedIssuerEntity[]> {
    const { issuer, after, size } = filter;
    return this.trusts.find({
      where: { ...(issuer ? { issuer } : {}), ...(after ? { id: MoreThan(after) } : {}) },
      order: { id: 'asc' },
      take: size + 1,
    });
  }

  /** @throws OAuthError 400 if the id is no UUID, 404 */
  async read(id: string): Promise<TrustedIssuerEntity> {
    if (!isUuid(id)) throw badRequest('The id of a trusted issuer is a UUID.');
    const row = await this.trusts.findOneBy({ id });
    if (!row) throw notFound('No trusted issuer has this id.');
    return row;
  }

  /** Ends the trust by deleting its key: all other trusts in that key end too. @throws OAuthError 400, 404 */
  async remove(id: string, now: Date): Promise<void> {
    const { issuer, kid, subject } = await this.read(id);
    await this.keys.remove(issuer, kid);
    this.events.publish({ type: 'trusted_issuer.deleted', at: now, issuer, subject: subject || undefined, kid });
  }

  /** Reads the key from the database if it is not cached; undefined if no secret decrypts it. */
  private async withKey(trust: TrustedIssuerEntity): Promise<TrustedKey | undefined> {
    const { issuer, kid } = trust;
    const key = (await this.keySets.find(issuer, kid)) ?? (await this.keySets.fresh(issuer)).find(kid);
    return key && { trust, key };
  }
}
