/** The issuers whose assertions are accepted, and the keys that verify them. Owner of the table trusted_issuer. */
import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { uuidText, uuidV7 } from '../crypto/random.js';
import { isUniqueViolation } from '../database/sql-state.js';
import { Events } from '../events/events.js';
import { KeyAdministration } from '../keys/key-administration.js';
import { KeySets } from '../keys/key-sets.js';
import type { StoredKey } from '../keys/stored-key.js';
import { badRequest, conflict, notFound } from '../protocol/oauth-error.js';
import type { TrustWish } from './trust-wish.js';
import { TrustedIssuerEntity } from './trusted-issuer.entity.js';

/** A trust that holds now, with its key. */
export interface TrustedKey {
  trust: TrustedIssuerEntity;
  key: StoredKey;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** So many keys at most are tried for an assertion that names none. */
const MAX_CANDIDATES = 100;

@Injectable()
export class TrustedIssuers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keySets: KeySets,
    private readonly keys: KeyAdministration,
    private readonly events: Events,
  ) {}

  /**
   * The keys that may have signed an assertion of the issuer about the subject (RFC 7523 §3), newest trust first; with
   * `kid` the ones of that name alone. An expired trust never counts.
   */
  async keysFor(issuer: string, subject: string, kid?: string, now = new Date()): Promise<TrustedKey[]> {
    if ([issuer, subject, kid ?? ''].some((text) => text.includes('\u0000'))) return [];
    const same = { issuer, expiresAt: MoreThan(now), ...(kid === undefined ? {} : { kid }) };
    const trusts = await this.dataSource.manager.find(TrustedIssuerEntity, {
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
   * Trusts an issuer. Where its key set has a key of this kid already, that one stays and verifies.
   * @throws OAuthError 409 where issuer, subject and kid are those of another trust
   */
  async create(wish: TrustWish, now: Date): Promise<TrustedIssuerEntity> {
    const { issuer, subject, scope, jwk, expiresAt } = wish;
    const createdAt = new Date(Math.round(now.getTime() / 1000) * 1000);
    const id = uuidText(uuidV7(now));
    const row = { id, issuer, kid: jwk.kid, subject, allowAnySubject: subject === '', scope, createdAt, expiresAt };
    try {
      await this.dataSource.transaction(async (manager) => {
        await this.keys.addIfAbsent(issuer, jwk, now, manager);
        await manager.insert(TrustedIssuerEntity, row);
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

  /** One page in the order of creation, and one more row where there is a further page. */
  list(filter: { issuer?: string; after?: string; size: number }): Promise<TrustedIssuerEntity[]> {
    const { issuer, after, size } = filter;
    return this.dataSource.manager.find(TrustedIssuerEntity, {
      where: { ...(issuer ? { issuer } : {}), ...(after ? { id: MoreThan(after) } : {}) },
      order: { id: 'asc' },
      take: size + 1,
    });
  }

  /** @throws OAuthError 400 for what is no UUID, 404 */
  async read(id: string): Promise<TrustedIssuerEntity> {
    if (!UUID.test(id)) throw badRequest('The id of a trusted issuer is a UUID.');
    const row = await this.dataSource.manager.findOneBy(TrustedIssuerEntity, { id });
    if (!row) throw notFound('No trusted issuer has this id.');
    return row;
  }

  /** Ends the trust by deleting its key: every trust that hangs on that key ends with it. @throws OAuthError 400, 404 */
  async remove(id: string, now: Date): Promise<void> {
    const { issuer, kid, subject } = await this.read(id);
    await this.keys.remove(issuer, kid);
    this.events.publish({ type: 'trusted_issuer.deleted', at: now, issuer, subject: subject || undefined, kid });
  }

  /** The key is read afresh where this process does not know it yet; undefined where no secret opens it. */
  private async withKey(trust: TrustedIssuerEntity): Promise<TrustedKey | undefined> {
    const { issuer, kid } = trust;
    const key = (await this.keySets.find(issuer, kid)) ?? (await this.keySets.fresh(issuer)).find(kid);
    return key && { trust, key };
  }
}
