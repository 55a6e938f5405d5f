import { describe, expect, it } from 'vitest';
import { invalidGrant } from '../protocol/oauth-error.js';
import { requireAudience, requireGrantType, requireResponseType, requireScope } from './client-permissions.js';
import type { ClientEntity } from './client.entity.js';
import { EMPTY_METADATA } from './client-metadata.js';
import { RegisteredClient } from './registered-client.js';

const shop = new RegisteredClient({
  ...{ clientId: 'shop', rotatedSecretHashes: [] },
  metadata: {
    ...EMPTY_METADATA,
    ...{ scope: 'openid photos.*', audience: ['https://api.example/x'], grant_types: ['client_credentials'] },
    response_types: ['code', 'token id_token'],
  },
} as unknown as ClientEntity);
const newcomer = new RegisteredClient({
  ...{ clientId: 'newcomer', rotatedSecretHashes: [], metadata: EMPTY_METADATA },
} as unknown as ClientEntity);

it.each([
  [
    'a scope',
    () => {
      requireScope(shop, ['openid', 'admin'], 'wildcard');
    },
    'invalid_scope',
    "'admin'",
  ],
  [
    'a scope below a pattern',
    () => {
      requireScope(shop, ['photos.read'], 'exact');
    },
    'invalid_scope',
    "'photos.read'",
  ],
  [
    'an audience',
    () => {
      requireAudience(shop, ['https://api.example/xy']);
    },
    'invalid_request',
    'https://api.example/xy',
  ],
  [
    'a grant type',
    () => {
      requireGrantType(shop, 'refresh_token');
    },
    'unauthorized_client',
    "'refresh_token'",
  ],
  [
    'a response type',
    () => {
      requireResponseType(shop, ['token']);
    },
    'unsupported_response_type',
    "'token'",
  ],
])('%s that it is not registered for is refused by name', (_, ask, code, named) => {
  expect(ask).toThrow(expect.objectContaining({ code, hint: expect.stringContaining(named) as string }));
});

it.each([
  [
    'scopes',
    () => {
      requireScope(shop, ['openid', 'photos.read'], 'wildcard');
    },
  ],
  [
    'no scope',
    () => {
      requireScope(newcomer, [], 'exact');
    },
  ],
  [
    'an audience',
    () => {
      requireAudience(shop, ['https://api.example/x/y']);
    },
  ],
  [
    'a grant type',
    () => {
      requireGrantType(shop, 'client_credentials');
    },
  ],
  [
    'a response type in any order',
    () => {
      requireResponseType(shop, ['id_token', 'token']);
    },
  ],
  [
    'the grant type of a client without any',
    () => {
      requireGrantType(newcomer, 'authorization_code');
    },
  ],
  [
    'the response type of a client without any',
    () => {
      requireResponseType(newcomer, ['code']);
    },
  ],
])('%s that it is registered for may be asked for', (_, ask) => {
  expect(ask).not.toThrow();
});

describe('a grant type', () => {
  it('is refused with the error of the endpoint', () => {
    const ask = () => {
      requireGrantType(shop, 'implicit', invalidGrant);
    };
    expect(ask).toThrow(expect.objectContaining({ code: 'invalid_grant' }));
  });
});
