import { describe, expect, it } from 'vitest';
import type { ClientEntity } from '../../clients/client.entity.js';
import type { ClientKeys } from '../../clients/client-keys.js';
import type { ClientMetadata } from '../../clients/client-metadata.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { ConfigHolder } from '../../config/config-holder.js';
import { FormParams } from '../../http/form-params.js';
import type { Outbound, OutboundRequest } from '../../http/outbound.js';
import { RequestObjects } from './request-objects.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (claims: object): string => `${b64({ alg: 'none' })}.${b64(claims)}.`;
/** A JWT whose signature the stand-in for the client's keys accepts when it says `good`. */
const signed = (alg: string, claims: object, signature = 'good'): string =>
  `${b64({ alg })}.${b64(claims)}.${signature}`;

const clientKeys = {
  verify: (_client: RegisteredClient, jwt: string) => {
    const [header = '', payload = '', signature] = jwt.split('.');
    if (signature !== 'good') return Promise.reject(new Error('bad signature'));
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    return Promise.resolve({ header: read(header), payload: read(payload) });
  },
} as unknown as ClientKeys;

function client(metadata: Partial<ClientMetadata> = {}): RegisteredClient {
  return new RegisteredClient({
    clientId: 'shop',
    rotatedSecretHashes: [],
    metadata: { scope: '', request_uris: ['https://app.example/ro#x'], jwks: { keys: [{}] }, ...metadata },
  } as unknown as ClientEntity);
}

function requestObjects(answer: { status: number; text: string } | Error = { status: 200, text: '' }, dev = false) {
  const fetched: OutboundRequest[] = [];
  const outbound = {
    fetch: (request: OutboundRequest) => {
      fetched.push(request);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  } as unknown as Outbound;
  const clients = { http: { disallow_private_ip_ranges: false } };
  const config = { current: { limits: { form: 1000 }, dev, clients } } as unknown as ConfigHolder;
  const objects = new RequestObjects(clientKeys, outbound, config);
  const apply = async (parameters: Record<string, string>, of = client()) => {
    const result = await objects.apply(new FormParams(new URLSearchParams(parameters)), of, NOW);
    return Object.fromEntries(result.entries());
  };
  return { apply, fetched };
}

describe('a request object by value', () => {
  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'signed with %s puts its claims in force',
    async (alg) => {
      const parameters = { scope: 'openid', state: 'outer', request: signed(alg, { state: 'inner' }) };
      expect(await requestObjects().apply(parameters)).toEqual({ scope: 'openid', state: 'inner' });
    },
  );

  it('is judged without openid, too: an OAuth request may be signed (RFC 9101)', async () => {
    expect(await requestObjects().apply({ request: signed('RS256', { state: 'inner' }) })).toMatchObject({
      state: 'inner',
    });
  });

  it('without one the parameters are those sent', async () => {
    expect(await requestObjects().apply({ state: 's' })).toEqual({ state: 's' });
  });

  it.each([
    ['signed by nobody known', signed('RS256', {}, 'bad'), {}, 'invalid_request_object'],
    ['with a shared secret', signed('HS256', {}), {}, 'invalid_request_object'],
    ['of garbage', 'garbage', {}, 'invalid_request_object'],
    [
      'of another algorithm than registered',
      signed('RS256', {}),
      { request_object_signing_alg: 'ES256' },
      'invalid_request_object',
    ],
    [
      'unsigned where a signature is registered',
      unsigned({}),
      { request_object_signing_alg: 'RS256' },
      'invalid_request_object',
    ],
    [
      'signed where none is registered',
      signed('RS256', {}),
      { request_object_signing_alg: 'none' },
      'invalid_request_object',
    ],
    ['of a client without keys', signed('RS256', {}), { jwks: undefined }, 'invalid_request'],
    [
      'unsigned, of a client without keys that registered nothing',
      unsigned({}),
      { jwks: undefined },
      'invalid_request',
    ],
    ['that has expired', signed('RS256', { exp: 1 }), {}, 'invalid_request_object'],
    ['that is not valid yet', signed('RS256', { nbf: 9_999_999_999 }), {}, 'invalid_request_object'],
    ['of another client', signed('RS256', { client_id: 'other' }), {}, 'invalid_request_object'],
  ])('%s is refused', async (_, request, metadata, code) => {
    await expect(requestObjects().apply({ request }, client(metadata))).rejects.toMatchObject({ code });
  });

  it.each([
    ['registered as unsigned', { request_object_signing_alg: 'none', jwks: undefined }],
    ['of a client with keys that demands no algorithm', {}],
    ['of a client whose demand is an empty text', { request_object_signing_alg: '' }],
  ])('unsigned, %s, is accepted', async (_, metadata) => {
    const request = unsigned({ state: 'inner' });
    expect(await requestObjects().apply({ request }, client(metadata))).toMatchObject({ state: 'inner' });
  });
});

describe('a request object by reference', () => {
  const reference = { request_uri: 'https://app.example/ro#x' };

  it('is fetched from a registered address, within limits', async () => {
    const { apply, fetched } = requestObjects({ status: 200, text: ` ${signed('ES256', { state: 'inner' })}\n` });
    expect(await apply(reference)).toMatchObject({ state: 'inner' });
    expect(fetched).toMatchObject([{ url: reference.request_uri, maxBytes: 1000, allowPrivate: true }]);
    expect(fetched[0]?.timeoutMs).toBeGreaterThan(0);
  });

  it.each([
    [false, false],
    [true, true],
  ])('of a client that a stranger registered: dev %s, private addresses %s', async (dev, allowed) => {
    const { apply, fetched } = requestObjects({ status: 200, text: signed('ES256', {}) }, dev);
    await apply(reference, client({ dynamically_registered: true }));
    expect(fetched[0]?.allowPrivate).toBe(allowed);
  });

  it('is not fetched from an address that is not registered, nor from one that only begins like it', async () => {
    const { apply, fetched } = requestObjects();
    for (const uri of ['https://evil.example/ro', 'https://app.example/ro', 'https://app.example/ro#xy']) {
      await expect(apply({ request_uri: uri })).rejects.toMatchObject({ code: 'invalid_request_uri' });
    }
    expect(fetched).toEqual([]);
  });

  it.each([
    ['an answer that is not 200', { status: 404, text: signed('ES256', {}) }, 'invalid_request_uri'],
    ['an address that cannot be reached', new Error('refused'), 'invalid_request_uri'],
    ['an answer that is no token', { status: 200, text: '<html>' }, 'invalid_request_object'],
  ])('%s is refused', async (_, answer, code) => {
    await expect(requestObjects(answer).apply(reference)).rejects.toMatchObject({ code });
  });

  it('excludes one by value', async () => {
    await expect(requestObjects().apply({ ...reference, request: unsigned({}) })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});
