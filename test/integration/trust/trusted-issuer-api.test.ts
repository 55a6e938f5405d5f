import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateJwk } from '../../../src/keys/generate-jwk.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, type RunningServer, startServer } from '../keys/server.js';

const BASE = '/admin/trust/grants/jwt-bearer/issuers';

interface Trusted {
  id: string;
  issuer: string;
  public_key: { set: string; kid: string };
}

describe('the API of trusted issuers', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let jwk: JWK;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn);
    jwk = await generateJwk('ES256', { kid: 'k', use: 'sig', rsaBits: 2048 });
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  const trustRequest = (over: object = {}): Record<string, unknown> => ({
    issuer: `https://${randomUUID()}.example`,
    subject: 'bob',
    scope: ['openid', 'offline_access'],
    expires_at: '2035-01-31T12:00:00Z',
    jwk,
    ...over,
  });
  const trust = async (over: object = {}): Promise<Trusted> =>
    (await server.admin('POST', BASE, trustRequest(over))).json as Trusted;
  const ids = (answer: Answer): string[] => (answer.json as Trusted[]).map(({ id }) => id);

  it('trusts an issuer: 201, the trust, and its location', async () => {
    const body = trustRequest();
    const answer = await server.admin('POST', BASE, body);
    const { id } = answer.json as Trusted;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/trust/grants/jwt-bearer/issuers/${id}`);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      issuer: body.issuer,
      subject: 'bob',
      allow_any_subject: false,
      scope: ['openid', 'offline_access'],
      public_key: { set: body.issuer, kid: 'k' },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      expires_at: '2035-01-31T12:00:00Z',
    });
    expect((await server.admin('GET', `${BASE}/${id}`)).json).toEqual(answer.json);
  });

  it('treats null as absent, in lists and in the key too', async () => {
    const { jwk, ...body } = trustRequest();
    const answer = await server.admin('POST', BASE, {
      ...body,
      allow_any_subject: null,
      scope: [null, 'openid'],
      jwk: { ...(jwk as object), x5c: [null], alg: null },
    });
    expect([answer.status, (answer.json as Trusted & { scope: string[] }).scope]).toEqual([201, ['openid']]);
  });

  it('stores only the public part of the key', async () => {
    const { issuer } = await trust();
    const answer = await server.admin('GET', `/admin/keys/${encodeURIComponent(issuer)}/k`);
    const { d: _, ...known } = jwk;
    expect(answer.json).toEqual({ keys: [known] });
  });

  it('ends a trust with 204, and its key with it', async () => {
    const { id, issuer } = await trust();
    const answer = await server.admin('DELETE', `${BASE}/${id}`);
    expect([answer.status, answer.text]).toEqual([204, '']);
    for (const path of [`${BASE}/${id}`, `/admin/keys/${encodeURIComponent(issuer)}/k`]) {
      expect((await server.admin('GET', path)).status).toBe(404);
    }
    expect((await server.admin('DELETE', `${BASE}/${id}`)).status).toBe(404);
  });

  it('answers 409 for the same issuer, subject and key', async () => {
    const { issuer } = await trust();
    expect((await server.admin('POST', BASE, trustRequest({ issuer }))).status).toBe(409);
    expect((await server.admin('POST', BASE, trustRequest({ issuer, subject: 'carol' }))).status).toBe(201);
  });

  it.each<[string, object]>([
    ['no issuer', { issuer: '' }],
    ['no subject', { subject: '' }],
    ['null for a subject', { subject: null }],
    ['a subject and any subject', { allow_any_subject: true }],
    ['no expiry', { expires_at: undefined }],
    ['no key', { jwk: undefined }],
    ['a key without kid', { jwk: { kty: 'EC' } }],
  ])('names the missing member: %s', async (_, over) => {
    const answer = await server.admin('POST', BASE, trustRequest(over));
    expect([answer.status, (answer.json as { error: string }).error]).toEqual([400, 'missing_required_parameter']);
  });

  it.each<[string, unknown]>([
    ['broken JSON', '{bad'],
    ['no body', undefined],
    ['a time that is none', { expires_at: 'tomorrow' }],
    ['a key of an unknown type', { jwk: { kty: 'nope', kid: 'x' } }],
    ['a key that is no object', { jwk: 'key' }],
    ['scopes that are no list', { scope: 'openid' }],
    ['an issuer that is no text', { issuer: 1 }],
  ])('answers 400 for %s', async (_, over) => {
    const body = typeof over === 'object' ? trustRequest(over as object) : over;
    expect((await server.admin('POST', BASE, body)).status).toBe(400);
  });

  it('answers 400 for an id that is no UUID, 404 for an unknown one', async () => {
    for (const method of ['GET', 'DELETE']) {
      expect((await server.admin(method, `${BASE}/not-a-uuid`)).status).toBe(400);
      expect((await server.admin(method, `${BASE}/${randomUUID()}`)).status).toBe(404);
    }
  });

  it('lists by issuer, never as null, in pages that the Link header names', async () => {
    const { id, issuer } = await trust();
    const more = [id];
    for (const subject of ['c', 'd']) more.push((await trust({ issuer, subject })).id);
    const filter = `issuer=${encodeURIComponent(issuer)}`;
    expect(ids(await server.admin('GET', `${BASE}?${filter}`)).sort()).toEqual(more.sort());
    expect((await server.admin('GET', `${BASE}?issuer=nobody`)).json).toEqual([]);
    const first = await server.admin('GET', `${BASE}?${filter}&page_size=2`);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1];
    expect(next?.startsWith(`${BASE}?`)).toBe(true);
    const second = await server.admin('GET', next ?? '');
    expect([...ids(first), ...ids(second)].sort()).toEqual(more);
    expect(second.headers.get('link')).not.toContain('rel="next"');
    expect(second.headers.get('link')).toContain('rel="first"');
  });

  it.each(['page_size=many', 'page_token=garbage'])('answers 400 for %s', async (query) => {
    expect((await server.admin('GET', `${BASE}?${query}`)).status).toBe(400);
  });
});
