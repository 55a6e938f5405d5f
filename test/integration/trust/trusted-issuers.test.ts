import { randomUUID } from 'node:crypto';
import { importJWK, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Events } from '../../../src/events/events.js';
import { parseJwt } from '../../../src/jwt/compact-jwt.js';
import { isSignedBy } from '../../../src/jwt/verify-signature.js';
import { generateJwk } from '../../../src/keys/generate-jwk.js';
import { publicPart } from '../../../src/keys/jwk.js';
import type { TrustRequest } from '../../../src/trust/trust-request.js';
import { TrustedIssuerEntity } from '../../../src/trust/trusted-issuer.entity.js';
import { TrustedIssuers } from '../../../src/trust/trusted-issuers.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Replica } from '../keys/replica.js';

const now = new Date('2026-05-01T10:00:00.400Z');
const ms = (later: number): Date => new Date(now.getTime() + later);
const later = new Date('2026-05-01T11:00:00Z');
const afterwards = new Date('2026-05-01T11:00:00.001Z');

describe('trusted issuers', () => {
  let database: TestDatabase;
  let replica: Replica;
  let other: Replica;
  let issuers: TrustedIssuers;
  let issuersElsewhere: TrustedIssuers;

  const room = ({ dataSource, keySets, administration }: Replica): TrustedIssuers =>
    new TrustedIssuers(dataSource.getRepository(TrustedIssuerEntity), keySets, administration, new Events());

  beforeAll(async () => {
    database = await freshDatabase();
    replica = await Replica.open(database.dsn, {}, [TrustedIssuerEntity]);
    other = await Replica.open(database.dsn, {}, [TrustedIssuerEntity]);
    [issuers, issuersElsewhere] = [room(replica), room(other)];
  });
  afterAll(async () => {
    await Promise.all([replica.close(), other.close()]);
    await database.drop();
  });

  const privateKey = (kid: string): Promise<JWK> => generateJwk('ES256', { kid, use: 'sig', rsaBits: 2048 });
  const trustRequest = async (over: Partial<TrustRequest> = {}): Promise<TrustRequest> => ({
    issuer: `https://${randomUUID()}.example`,
    subject: 'bob',
    scope: ['read', 'write'],
    jwk: { ...publicPart(await privateKey('k')), kid: 'k' },
    expiresAt: later,
    ...over,
  });
  const kidsFor = async (issuer: string, subject: string, kid?: string, at = now): Promise<string[]> =>
    (await issuers.keysFor(issuer, subject, kid, at)).map(({ key }) => key.kid);

  it('are stored with whole seconds and an id that rises', async () => {
    const made = await issuers.create(await trustRequest(), now);
    expect(await issuers.read(made.id)).toEqual(made);
    expect(made).toMatchObject({ subject: 'bob', allowAnySubject: false, scope: ['read', 'write'], expiresAt: later });
    expect(made.createdAt.toISOString()).toBe('2026-05-01T10:00:00.000Z');
  });

  it('have their key in the set with the name of the issuer', async () => {
    const wanted = await trustRequest();
    await issuers.create(wanted, now);
    expect(await replica.administration.list(wanted.issuer)).toEqual([wanted.jwk]);
  });

  it('provide the key that verifies an assertion, at once on all replicas', async () => {
    const jwk = await privateKey('k');
    const wanted = await trustRequest({ jwk: { ...publicPart(jwk), kid: 'k' } });
    await issuersElsewhere.keysFor(wanted.issuer, 'bob', 'k', now);
    await issuers.create(wanted, now);
    const assertion = await new SignJWT({ iss: wanted.issuer, sub: 'bob' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign(await importJWK(jwk, 'ES256'));
    const [trusted] = await issuersElsewhere.keysFor(wanted.issuer, 'bob', 'k', now);
    const parsed = parseJwt(assertion);
    expect(trusted && parsed && (await isSignedBy(parsed, trusted.key))).toBe(true);
    expect(trusted?.trust.scope).toEqual(['read', 'write']);
  });

  it('count only for their subject', async () => {
    const { issuer } = await issuers.create(await trustRequest(), now);
    expect(await kidsFor(issuer, 'bob', 'k')).toEqual(['k']);
    expect(await kidsFor(issuer, 'eve', 'k')).toEqual([]);
    expect(await kidsFor(issuer, '', 'k')).toEqual([]);
    expect(await kidsFor('https://nobody.example', 'bob', 'k')).toEqual([]);
  });

  it('count for every subject if any is allowed', async () => {
    const { issuer } = await issuers.create(await trustRequest({ subject: '' }), now);
    expect(await kidsFor(issuer, 'bob', 'k')).toEqual(['k']);
    expect(await kidsFor(issuer, 'eve')).toEqual(['k']);
  });

  it('no longer count when they have expired, with kid and without', async () => {
    const { issuer } = await issuers.create(await trustRequest(), now);
    expect(await kidsFor(issuer, 'bob', 'k', later)).toEqual([]);
    expect(await kidsFor(issuer, 'bob', undefined, afterwards)).toEqual([]);
  });

  it('are tried newest first if the assertion names no key, otherwise by the name of the key', async () => {
    const wanted = await trustRequest();
    for (const [i, kid] of ['a', 'b', 'c'].entries()) {
      await issuers.create({ ...wanted, jwk: { ...publicPart(await privateKey(kid)), kid } }, ms(i));
    }
    expect(await kidsFor(wanted.issuer, 'bob')).toEqual(['c', 'b', 'a']);
    expect(await kidsFor(wanted.issuer, 'bob', 'b')).toEqual(['b']);
    expect(await kidsFor(wanted.issuer, 'bob', 'z')).toEqual([]);
  });

  it('keep the key that the set has under this kid already', async () => {
    const wanted = await trustRequest();
    await issuers.create(wanted, now);
    const another = { ...publicPart(await privateKey('k')), kid: 'k' };
    await issuers.create({ ...wanted, subject: 'carol', jwk: another }, now);
    expect(await replica.administration.read(wanted.issuer, 'k')).toEqual(wanted.jwk);
  });

  it('exist once for an issuer, subject and kid', async () => {
    const wanted = await trustRequest();
    await issuers.create(wanted, now);
    await expect(issuers.create(wanted, now)).rejects.toMatchObject({ status: 409 });
    await expect(issuers.create({ ...wanted, subject: 'carol' }, now)).resolves.toBeDefined();
  });

  it('exist once even after fifty concurrent requests', async () => {
    const wanted = await trustRequest();
    const made = await Promise.allSettled(Array.from({ length: 50 }, () => issuers.create(wanted, now)));
    expect(made.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });

  it('are deleted with their key, and with every other trust in that key', async () => {
    const wanted = await trustRequest();
    const bob = await issuers.create(wanted, now);
    const carol = await issuers.create({ ...wanted, subject: 'carol' }, now);
    await issuers.remove(bob.id, now);
    for (const { id } of [bob, carol]) await expect(issuers.read(id)).rejects.toMatchObject({ status: 404 });
    await expect(issuers.remove(bob.id, now)).rejects.toMatchObject({ status: 404 });
    await expect(replica.administration.list(wanted.issuer)).rejects.toMatchObject({ status: 404 });
    expect(await kidsFor(wanted.issuer, 'bob', 'k')).toEqual([]);
  });

  it('end when their key is deleted or its set replaced, and stay when their key is replaced', async () => {
    const [deleted, replaced, kept] = [await trustRequest(), await trustRequest(), await trustRequest()];
    for (const wanted of [deleted, replaced, kept]) await issuers.create(wanted, now);
    await replica.administration.remove(deleted.issuer, 'k');
    await replica.administration.replace(replaced.issuer, [replaced.jwk]);
    await replica.administration.put(kept.issuer, { ...publicPart(await privateKey('k')), kid: 'k' });
    expect(await kidsFor(deleted.issuer, 'bob')).toEqual([]);
    expect(await kidsFor(replaced.issuer, 'bob')).toEqual([]);
    expect(await kidsFor(kept.issuer, 'bob')).toEqual(['k']);
  });

  it('are listed by issuer and in pages, in the order of their creation, including expired ones', async () => {
    const wanted = await trustRequest();
    const ids: string[] = [];
    for (const [i, subject] of ['a', 'b', 'c', 'd'].entries()) {
      ids.push((await issuers.create({ ...wanted, subject }, ms(i))).id);
    }
    const list = async (after: string | undefined): Promise<string[]> =>
      (await issuers.list({ issuer: wanted.issuer, after, size: 2 })).map(({ id }) => id);
    expect(await list(undefined)).toEqual(ids.slice(0, 3));
    expect(await list(ids[1])).toEqual(ids.slice(2));
    expect(await list(ids[3])).toEqual([]);
    expect(await issuers.list({ issuer: 'nobody', size: 2 })).toEqual([]);
    expect((await issuers.list({ size: 500 })).map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  });

  it('have a UUID as id: any other text is a bad request, an unknown UUID is not found', async () => {
    for (const id of ['not-a-uuid', '', "' or true --", '11111111-1111-4111-8111-11111111111']) {
      await expect(issuers.read(id)).rejects.toMatchObject({ status: 400 });
      await expect(issuers.remove(id, now)).rejects.toMatchObject({ status: 400 });
    }
    await expect(issuers.read(randomUUID())).rejects.toMatchObject({ status: 404 });
  });

  it('are looked up without an error for texts that the database cannot store', async () => {
    expect(await kidsFor('a\u0000', 'bob')).toEqual([]);
    expect(await kidsFor('https://a.example', 'b\u0000')).toEqual([]);
    expect(await kidsFor('https://a.example', 'bob', 'k\u0000')).toEqual([]);
  });

  it('accept the longest names', async () => {
    const long = '漢'.repeat(255);
    const row = await issuers.create(
      await trustRequest({ issuer: long.slice(1) + randomUUID().slice(0, 1), subject: long }),
      now,
    );
    expect(await kidsFor(row.issuer, long)).toEqual(['k']);
  });
});
