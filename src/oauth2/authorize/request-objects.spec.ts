import { describe, expect, it } from 'vitest';
import type { ClientEntity } from '../../clients/client.entity.js';
import type { ClientKeys } from '../../clients/client-keys.js';
import type { ClientMetadata } from '../../clients/client-metadata.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { ConfigHolder } from '../../config/config-holder.js';
import { FormParams } from '../../http/exchange/form-params.js';
import type { DocumentRequest, Documents } from '../../http/outbound/documents.js';
import type { JweDecrypter } from '../../jwt/jwe-decrypter.js';
import { OutboundError } from '../../http/outbound/outbound-error.js';
import { RequestDocuments } from './request-documents.js';
import { RequestObjects } from './request-objects.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (claims: object): string => `${b64({ alg: 'none' })}.${b64(claims)}.`;
/** A JWT. The fake of the client's keys accepts the signature `good`. */
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
  const fetched: DocumentRequest[] = [];
  const documents = {
    read: (request: DocumentRequest) => {
      fetched.push(request);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  } as unknown as Documents;
  const clients = { http: { disallow_private_ip_ranges: false } };
  const urls = { self: { issuer: 'https://id.example/', public: 'https://auth.example' } };
  const addresses = { urls, webfinger: { oidc_discovery: {} }, oidc: { claims_parameter: { enabled: false } } };
  const config = {
    current: {
      limits: { form: 1_000_000, authorize_query: 65_536 },
      dev,
      clients,
      ...addresses,
      oauth2: {
        request_objects: { require_signed: false },
        encryption: { enabled: false },
        authorization_details: { types: [] },
      },
    },
  } as unknown as ConfigHolder;
  const shelf = new RequestDocuments(documents, config);
  const objects = new RequestObjects(clientKeys, shelf, {} as JweDecrypter, config);
  const apply = async (parameters: Record<string, string>, of = client()) => {
    const result = await objects.apply(new FormParams(new URLSearchParams(parameters)), of, NOW);
    return Object.fromEntries(result.entries());
  };
  const keptBytes = (): number => (Reflect.get(shelf, 'kept') as { calculatedSize: number }).calculatedSize;
  return { apply, fetched, keptBytes };
}

describe('a request object by value', () => {
  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'signed with %s puts its claims in force',
    async (alg) => {
      const parameters = { scope: 'openid', state: 'outer', request: signed(alg, { state: 'inner' }) };
      expect(await requestObjects().apply(parameters)).toEqual({ scope: 'openid', state: 'inner' });
    },
  );

  it('is applied without openid too, because an OAuth request may be signed (RFC 9101)', async () => {
    expect(await requestObjects().apply({ request: signed('RS256', { state: 'inner' }) })).toMatchObject({
      state: 'inner',
    });
  });

  it.each([
    'https://id.example/',
    'https://id.example',
    'https://auth.example/oauth2/auth',
    ['https://other.example', 'https://auth.example'],
  ])('may have the audience %j, which is this server', async (aud) => {
    const request = signed('RS256', { iss: 'shop', aud, state: 'inner' });
    expect(await requestObjects().apply({ request })).toMatchObject({ state: 'inner' });
  });

  it('is optional: without one the parameters are those of the request', async () => {
    expect(await requestObjects().apply({ state: 's' })).toEqual({ state: 's' });
  });

  it.each([
    ['signed by an unknown key', signed('RS256', {}, 'bad'), {}, 'invalid_request_object'],
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
    ['for another server', signed('RS256', { aud: 'https://other.example' }), {}, 'invalid_request_object'],
    [
      'for the token endpoint',
      signed('RS256', { aud: 'https://id.example/oauth2/token' }),
      {},
      'invalid_request_object',
    ],
    ['of another issuer', signed('RS256', { iss: 'other' }), {}, 'invalid_request_object'],
    ['unsigned, of another issuer', unsigned({ iss: 'other' }), {}, 'invalid_request_object'],
    ['that is an assertion', signed('RS256', { iss: 'shop', sub: 'shop' }), {}, 'invalid_request_object'],
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
    expect(fetched).toMatchObject([{ url: reference.request_uri, maxBytes: 16_384, allowPrivate: true }]);
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

  it('is not fetched from an unregistered address, nor from one that only begins like a registered one', async () => {
    const { apply, fetched } = requestObjects();
    for (const uri of ['https://evil.example/ro', 'https://app.example/ro', 'https://app.example/ro#xy']) {
      await expect(apply({ request_uri: uri })).rejects.toMatchObject({ code: 'invalid_request_uri' });
    }
    expect(fetched).toEqual([]);
  });

  it.each([
    ['a response with another status than 200', { status: 404, text: signed('ES256', {}) }, 'invalid_request_uri'],
    ['an unreachable address', new Error('refused'), 'invalid_request_uri'],
    ['a response that is no JWT', { status: 200, text: '<html>' }, 'invalid_request_object'],
  ])('%s is refused', async (_, answer, code) => {
    await expect(requestObjects(answer).apply(reference)).rejects.toMatchObject({ code });
  });

  it('is cached for a moment, and checked at each use', async () => {
    const { apply, fetched } = requestObjects({
      status: 200,
      text: signed('ES256', { exp: NOW.getTime() / 1000 + 60 }),
    });
    for (let i = 0; i < 3; i++) await apply(reference);
    const demanding = client({ request_object_signing_alg: 'RS256' });
    await expect(apply(reference, demanding)).rejects.toMatchObject({ code: 'invalid_request_object' });
    expect(fetched).toHaveLength(1);
  });

  it('is not served from the cache to a client that may not reach its address', async () => {
    const { apply, fetched } = requestObjects({ status: 200, text: signed('ES256', {}) });
    await apply(reference);
    await apply(reference, client({ dynamically_registered: true }));
    expect(fetched.map(({ allowPrivate }) => allowPrivate)).toEqual([true, false]);
  });

  it('that cannot be fetched is not requested again for each use', async () => {
    const { apply, fetched } = requestObjects(new OutboundError('timeout', 'Too late.'));
    for (let i = 0; i < 3; i++) {
      await expect(apply(reference)).rejects.toMatchObject({ code: 'invalid_request_uri' });
    }
    expect(fetched).toHaveLength(1);
  });

  it('is refused for the moment if too many requests are waiting, and fetched afterwards', async () => {
    const { apply, fetched } = requestObjects(new OutboundError('busy', 'Too many.'));
    for (let i = 0; i < 2; i++) {
      await expect(apply(reference)).rejects.toMatchObject({ code: 'temporarily_unavailable', status: 503 });
    }
    expect(fetched).toHaveLength(2);
  });

  it('is cached within a limit of bytes', async () => {
    const text = signed('ES256', { filler: 'x'.repeat(2 ** 19) });
    const { apply, keptBytes } = requestObjects({ status: 200, text });
    const uris = Array.from({ length: 60 }, (_, i) => `https://app.example/${i}`);
    for (const uri of uris) await apply({ request_uri: uri }, client({ request_uris: uris }));
    expect(keptBytes()).toBeLessThanOrEqual(16 * 2 ** 20);
  });

  it('is refused together with one by value', async () => {
    await expect(requestObjects().apply({ ...reference, request: unsigned({}) })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});
