import { describe, expect, it } from 'vitest';
import {
  adapted,
  conversionOf,
  IMPORTED_AT,
  microseconds,
  written,
} from '../../../../test/support/hydra-conversion.js';
import { EMPTY_METADATA, LIFESPAN_NAMES } from '../../../clients/client-metadata.js';
import { metadataFrom } from '../../../clients/client-row.js';
import { hydraTokenHash } from '../../../crypto/hydra-token.js';
import { CLIENTS, NESTED, NO_ID, ROTATED_LEFT_OUT, SHORTENED, UNKNOWN_HASH, UNSTORABLE } from './client.js';
import { ADAPTED_KEYS, ADAPTED_STRATEGY } from './client-metadata.js';

const PBKDF2 = '$pbkdf2-sha256$i=25000,l=32$zZjv5WYubkBWhcN7H+UNOQ$3X8RNkRRY5C+w8pGPVDzBV2Mk9aHwtJD7iP2LslWxXQ';
const BCRYPT = '$2a$06$/z3oI/0Df3E3S01qjCyDc.s28Lg1jCmPLVsjWkEnxsEbbOsRRkc7K';
const SHA3 = '$pbkdf2-sha384$i=25000,l=48$zZjv5WYubkBWhcN7H+UNOQ$3X8RNkRRY5C+w8pGPVDzBV2Mk9aHwtJD7iP2LslWxXQ';

const NOTHING = Object.fromEntries(Object.keys(CLIENTS.columns).map((name) => [name, null]));
const EMPTY = Object.fromEntries(
  ['scope', 'policy_uri', 'tos_uri', 'client_uri', 'logo_uri', 'sector_identifier_uri', 'jwks_uri', 'owner'].map(
    (name) => [name, ''],
  ),
);
const ROW = {
  ...NOTHING,
  ...EMPTY,
  ...{ id: 'shop', client_name: 'Shop', client_secret: PBKDF2, redirect_uris: '["https://shop.example/cb"]' },
  ...{ jwks: '{}', metadata: '{}', token_endpoint_auth_method: '', subject_type: '', access_token_strategy: '' },
  ...{ userinfo_signed_response_alg: 'none', skip_consent: 'false', registration_access_token_signature: '' },
  ...{ created_at: '2026-11-24 23:04:57', updated_at: '2026-11-24 23:04:56.952767' },
} as Parameters<typeof CLIENTS.convert>[0];

const convert = conversionOf(CLIENTS, ROW);
const clientOf = (over?: Parameters<typeof convert>[0]) => written(convert(over))[0]!;
const metadataOf = (over?: Parameters<typeof convert>[0]) => metadataFrom(clientOf(over).metadata as string);

describe('a client', () => {
  it('is taken with its columns, and without the members that have their defaults', () => {
    expect(clientOf()).toEqual({
      ...{ key: '1', client_id: 'shop', name: 'Shop', owner: '', version: 1 },
      ...{ secret_hash: PBKDF2, rotated_secret_hashes: [], registration_token_digest: null },
      metadata: '{"redirect_uris":["https://shop.example/cb"]}',
      created_at: microseconds('2026-11-24T23:04:57Z'),
      updated_at: microseconds('2026-11-24T23:04:56.952Z') + 767n,
    });
  });

  it('keeps every field', () => {
    const lists = [
      'grant_types',
      'response_types',
      'audience',
      'contacts',
      'request_uris',
      'post_logout_redirect_uris',
    ];
    const texts = [
      ...['scope', 'policy_uri', 'tos_uri', 'client_uri', 'logo_uri', 'sector_identifier_uri', 'jwks_uri'],
      ...['frontchannel_logout_uri', 'backchannel_logout_uri', 'token_endpoint_auth_method', 'subject_type'],
      ...['token_endpoint_auth_signing_alg', 'request_object_signing_alg', 'userinfo_signed_response_alg'],
    ];
    const flags = ['frontchannel_logout_session_required', 'backchannel_logout_session_required', 'skip_consent'];
    const row = {
      ...Object.fromEntries(lists.map((name) => [name, `["${name} 1", "${name} 2"]`])),
      ...Object.fromEntries(texts.map((name) => [name, `a ${name}`])),
      ...Object.fromEntries(flags.map((name) => [name, 'true'])),
      ...Object.fromEntries(LIFESPAN_NAMES.map((name, i) => [name, `${i + 1}000000000`])),
      ...{ skip_logout_consent: 'false', access_token_strategy: 'jwt', allowed_cors_origins: '["https://a.example/"]' },
      ...{ metadata: '{"n":90071992547409931234,"deep":[{}]}', jwks: '{"keys":[{"kty":"OKP","x":"x"}]}' },
    };
    expect(metadataOf(row)).toEqual({
      redirect_uris: ['https://shop.example/cb'],
      ...Object.fromEntries(lists.map((name) => [name, [`${name} 1`, `${name} 2`]])),
      ...Object.fromEntries(texts.map((name) => [name, `a ${name}`])),
      ...Object.fromEntries(flags.map((name) => [name, true])),
      ...Object.fromEntries(LIFESPAN_NAMES.map((name, i) => [name, i + 1])),
      ...{ skip_logout_consent: false, access_token_strategy: 'jwt', allowed_cors_origins: ['https://a.example'] },
      ...{ metadata: { n: 90071992547409931234n, deep: [{}] }, jwks: { keys: [{ kty: 'OKP', x: 'x' }] } },
    });
  });

  it('of an older schema has the defaults of what that lacks', () => {
    expect(metadataOf()).toEqual({ ...EMPTY_METADATA, redirect_uris: ['https://shop.example/cb'] });
  });

  it.each([
    ['null', null],
    ['', {}],
    ['[]', []],
    ['"text"', 'text'],
  ])('has the metadata %j', (text, metadata) => {
    expect(metadataOf({ metadata: text }).metadata).toEqual(metadata);
  });

  it('keeps what a registration would refuse today', () => {
    const redirect_uris = ['http://plain.example/cb#fragment', 'not a URI'];
    const outcome = convert({ redirect_uris: JSON.stringify(redirect_uris), policy_uri: 'javascript:alert(1)' });
    expect(adapted(outcome)).toEqual([]);
    expect(metadataFrom(written(outcome)[0]!.metadata as string)).toMatchObject({ redirect_uris });
  });

  it('without times was made when it was imported', () => {
    const at = BigInt(IMPORTED_AT.getTime()) * 1000n;
    expect(clientOf({ created_at: '0001-01-01 00:00:00', updated_at: null })).toMatchObject({
      ...{ created_at: at, updated_at: at },
    });
  });

  it('without an id is left out', () => {
    expect(convert({ id: '' })).toEqual({ leftOut: NO_ID });
  });
});

describe('the secrets of a client', () => {
  it('are taken as they are, the rotated ones too', () => {
    expect(clientOf({ client_secret: BCRYPT, rotated_secrets: JSON.stringify([PBKDF2, BCRYPT]) })).toMatchObject({
      ...{ secret_hash: BCRYPT, rotated_secret_hashes: [PBKDF2, BCRYPT] },
    });
  });

  it('of a form that cannot be checked leave it out, with its id in a warning and nothing of the hash', () => {
    const outcome = convert({ client_secret: SHA3 });
    expect(outcome).toMatchObject({ leftOut: UNKNOWN_HASH });
    const [warning] = outcome.warnings ?? [];
    expect(warning).toContain('"shop"');
    expect(warning).toContain('pbkdf2-sha384');
    expect(warning).not.toContain('zZjv5WY');
  });

  it.each(['none', 'private_key_jwt'])('do not matter where it authenticates by %s', (token_endpoint_auth_method) => {
    const row = { token_endpoint_auth_method, client_secret: SHA3 };
    expect(clientOf(row)).toMatchObject({ secret_hash: null, rotated_secret_hashes: [] });
    expect(clientOf({ ...row, client_secret: PBKDF2 })).toMatchObject({ secret_hash: PBKDF2 });
  });

  it('may be none', () => {
    expect(clientOf({ client_secret: '' })).toMatchObject({ secret_hash: null });
  });

  it('that were rotated are left out one by one', () => {
    const outcome = convert({ rotated_secrets: JSON.stringify([SHA3, BCRYPT, 'plain']) });
    expect(written(outcome)[0]).toMatchObject({ secret_hash: PBKDF2, rotated_secret_hashes: [BCRYPT] });
    expect(adapted(outcome)).toEqual([ROTATED_LEFT_OUT]);
  });
});

describe('the registration token of a client', () => {
  it('is stored as the hash of its MAC, and has no end', () => {
    const mac = 'eVFAsVVe8qcFL1Ra5-QRBytX9OH_A3PMon6Pk8PtEdE';
    const outcome = convert({ registration_access_token_signature: mac });
    expect(written(outcome)[0]!.registration_token_digest).toEqual(hydraTokenHash(mac));
    expect(outcome).toMatchObject({ liveUntil: 'infinity' });
    expect(convert()).not.toHaveProperty('liveUntil');
  });
});

describe('what cannot be stored of a client', () => {
  it('are characters in its JSON', () => {
    const outcome = convert({ metadata: '{"a\\u0000b":["x\\ud800y","z"]}' });
    expect(metadataFrom(written(outcome)[0]!.metadata as string).metadata).toEqual({ ab: ['xy', 'z'] });
    expect(adapted(outcome)).toEqual([UNSTORABLE]);
  });

  it('is metadata that is nested too deeply', () => {
    expect(convert({ metadata: `${'['.repeat(20_000)}${']'.repeat(20_000)}` })).toEqual({ leftOut: NESTED });
  });

  it('is a name or owner that an index cannot hold', () => {
    const outcome = convert({ client_name: 'é'.repeat(2_000) });
    expect(written(outcome)[0]!.name).toBe('é'.repeat(750));
    expect(adapted(outcome)).toEqual([SHORTENED]);
    expect(Buffer.byteLength(clientOf({ owner: `x${'𝄞'.repeat(2_000)}` }).owner as string)).toBe(1_497);
  });

  it('are private members of its keys', () => {
    const outcome = convert({ jwks: '{"keys":[{"kty":"EC","x":"x","d":"private"},{"kty":"RSA","n":"n"},null]}' });
    const { jwks } = metadataFrom(written(outcome)[0]!.metadata as string);
    expect(jwks).toEqual({ keys: [{ kty: 'EC', x: 'x' }, { kty: 'RSA', n: 'n' }, null] });
    expect(adapted(outcome)).toEqual([ADAPTED_KEYS]);
  });

  it('is a strategy of access tokens that does not exist', () => {
    const outcome = convert({ access_token_strategy: 'paseto' });
    expect(metadataFrom(written(outcome)[0]!.metadata as string)).not.toHaveProperty('access_token_strategy');
    expect(adapted(outcome)).toEqual([ADAPTED_STRATEGY]);
  });

  it.each(['null', '{"keys":null}', '{"keys":{}}', '[]', 'no JSON'])('are no keys: %j', (jwks) => {
    expect(metadataOf({ jwks })).not.toHaveProperty('jwks');
  });
});
