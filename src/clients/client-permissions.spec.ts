import { describe, expect, it } from 'vitest';
import { invalidGrant } from '../protocol/oauth-error.js';
import type { Configuration } from '../config/configuration.js';
import {
  audiencesOf,
  requireAudience,
  requireGrantType,
  requireResponseType,
  requireScope,
} from './client-permissions.js';
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

const LISTED = 'https://mcp.example/server';
const NOT_FOR_ALL = 'https://internal.example';
const configuration = (enabled = true): Configuration =>
  ({
    oauth2: {
      resource_indicators: { enabled },
      protected_resources: [{ resource: LISTED }, { resource: NOT_FOR_ALL, any_client: false }],
    },
  }) as unknown as Configuration;

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
      requireAudience(shop, { audience: ['https://api.example/xy'] }, configuration());
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
      requireAudience(shop, { audience: ['https://api.example/x/y'] }, configuration());
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

describe('a resource (RFC 8707 §2)', () => {
  const nobody = new RegisteredClient({
    ...{ clientId: '', rotatedSecretHashes: [], metadata: EMPTY_METADATA },
  } as unknown as ClientEntity);

  const ask = (client: RegisteredClient, resources: string[], enabled?: boolean) => () => {
    requireAudience(client, { audience: resources, resources }, configuration(enabled));
  };

  it.each([
    ['that the client is registered for', ask(shop, ['https://api.example/x/y'])],
    ['that is listed for any client', ask(newcomer, [LISTED])],
  ])('%s may be asked for', (_, asking) => {
    expect(asking).not.toThrow();
  });

  it.each([
    ['that is listed, while they are off', ask(newcomer, [LISTED], false)],
    ['that is listed, for who is no client', ask(nobody, [LISTED])],
    ['below a listed one', ask(newcomer, [`${LISTED}/tools`])],
    ['that is listed without a trailing slash', ask(newcomer, [`${LISTED}/`])],
    ['that is listed for its metadata only', ask(newcomer, [NOT_FOR_ALL])],
    ['beside an allowed one', ask(newcomer, [LISTED, 'https://other.example'])],
  ])('%s is refused', (_, asking) => {
    expect(asking).toThrow(expect.objectContaining({ code: 'invalid_target' }));
  });

  it('may be asked for as an audience too, which is refused with the code of an audience', () => {
    requireAudience(newcomer, { audience: [LISTED] }, configuration());
    const askBoth = () => {
      requireAudience(newcomer, { audience: ['other', LISTED], resources: [LISTED] }, configuration());
    };
    expect(askBoth).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('counts among the audiences that a client may have as a whole', () => {
    expect(audiencesOf(shop, configuration())).toEqual(['https://api.example/x', LISTED]);
    expect(audiencesOf(shop, configuration(false))).toEqual(['https://api.example/x']);
  });
});
