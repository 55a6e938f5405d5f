import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { type ClientMetadata, EMPTY_METADATA } from '../client-metadata.js';
import { lacksOf } from './fapi-requirements.js';

const CONFORMS: ClientMetadata = {
  ...EMPTY_METADATA,
  security_profile: 'fapi-2.0',
  redirect_uris: ['https://app.example/cb', 'http://127.0.0.1/cb'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  response_types: ['code'],
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  jwks: { keys: [] },
  dpop_bound_access_tokens: true,
};
const SIGNING: Partial<ClientMetadata> = { security_profile: 'fapi-2.0-message-signing' };

const server = (over: object = {}): Configuration =>
  ({
    oauth2: {
      pushed_authorization_requests: { enabled: true },
      dpop: { enabled: true },
      mtls: { enabled: true },
      ...over,
    },
  }) as unknown as Configuration;

const lacks = (over: Partial<ClientMetadata> = {}, configuration = server(), signingAlgorithms = ['RS256', 'ES256']) =>
  lacksOf({ metadata: { ...CONFORMS, ...over }, configuration, signingAlgorithms }).map(({ member }) => member);

describe('a client conforms to FAPI 2.0', () => {
  it.each<Partial<ClientMetadata>>([
    {},
    { response_types: [], grant_types: [] },
    { token_endpoint_auth_signing_alg: undefined },
    { token_endpoint_auth_method: 'tls_client_auth', jwks: undefined, dpop_bound_access_tokens: true },
    { token_endpoint_auth_method: 'self_signed_tls_client_auth' },
    { dpop_bound_access_tokens: undefined, tls_client_certificate_bound_access_tokens: true },
    { request_object_signing_alg: 'PS256', id_token_signed_response_alg: 'EdDSA' },
    { userinfo_signed_response_alg: 'none' },
    { ...SIGNING, authorization_signed_response_alg: 'PS256', introspection_signed_response_alg: 'ES256' },
    { ...SIGNING, jwks: undefined, jwks_uri: 'https://app.example/jwks' },
  ])('with %j', (over) => {
    expect(lacks(over)).toEqual([]);
  });
});

describe('a client lacks', () => {
  it.each<[Partial<ClientMetadata>, string]>([
    [{ token_endpoint_auth_method: 'client_secret_basic' }, 'token_endpoint_auth_method'],
    [{ token_endpoint_auth_method: 'client_secret_post' }, 'token_endpoint_auth_method'],
    [{ token_endpoint_auth_method: 'none' }, 'token_endpoint_auth_method'],
    [{ token_endpoint_auth_signing_alg: 'RS256' }, 'token_endpoint_auth_signing_alg'],
    [{ token_endpoint_auth_signing_alg: 'ES384' }, 'token_endpoint_auth_signing_alg'],
    [{ request_object_signing_alg: 'none' }, 'request_object_signing_alg'],
    [{ request_object_signing_alg: 'RS256' }, 'request_object_signing_alg'],
    [{ id_token_signed_response_alg: 'RS256' }, 'id_token_signed_response_alg'],
    [{ userinfo_signed_response_alg: 'RS256' }, 'userinfo_signed_response_alg'],
    [{ authorization_signed_response_alg: 'RS256' }, 'authorization_signed_response_alg'],
    [{ introspection_signed_response_alg: 'RS512' }, 'introspection_signed_response_alg'],
    [{ response_types: ['code', 'code id_token'] }, 'response_types'],
    [{ response_types: ['token'] }, 'response_types'],
    [{ grant_types: ['authorization_code', 'implicit'] }, 'grant_types'],
    [{ grant_types: ['password'] }, 'grant_types'],
    [{ redirect_uris: ['https://app.example/cb', 'http://app.example/cb'] }, 'redirect_uris'],
    [{ redirect_uris: ['http://localhost/cb'] }, 'redirect_uris'],
    [{ dpop_bound_access_tokens: undefined }, 'dpop_bound_access_tokens'],
    [{ dpop_bound_access_tokens: false }, 'dpop_bound_access_tokens'],
    [{ ...SIGNING, jwks: undefined, token_endpoint_auth_method: 'tls_client_auth' }, 'jwks'],
  ])('with %j: %s', (over, member) => {
    expect(lacks(over)).toEqual([member]);
  });

  it.each<[string, Configuration, string[], string[]]>([
    ['pushed requests', server({ pushed_authorization_requests: { enabled: false } }), ['ES256'], ['security_profile']],
    [
      'any way of binding',
      server({ dpop: { enabled: false }, mtls: { enabled: false } }),
      ['ES256'],
      ['security_profile', 'dpop_bound_access_tokens'],
    ],
    ['the way of the client', server({ dpop: { enabled: false } }), ['ES256'], ['dpop_bound_access_tokens']],
    ['a key that may sign', server(), ['RS256', 'ES384'], ['security_profile']],
  ])('a server with %s', (_, configuration, algorithms, members) => {
    expect(lacks({}, configuration, algorithms)).toEqual(members);
  });

  it('several things at once, each by its name', () => {
    const over: Partial<ClientMetadata> = { token_endpoint_auth_method: 'none', response_types: ['token'] };
    expect(lacks(over)).toEqual(['token_endpoint_auth_method', 'response_types']);
  });
});
