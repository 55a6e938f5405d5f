import { describe, expect, it } from 'vitest';
import type { Configuration } from '../config/configuration.js';
import { ClientEntity } from './client.entity.js';
import { OAuth2ClientDto } from './client.dto.js';
import { parseClientDocument } from './client-document.js';
import { clientDocument, metadataOf } from './client.mapper.js';
import { RegisteredClient } from './registered-client.js';

const configuration = {
  oidc: {
    subject_identifiers: { supported_types: ['pairwise', 'public'] },
    dynamic_client_registration: { default_scope: ['openid', 'offline'] },
  },
  strategies: { access_token: 'opaque' },
} as unknown as Configuration;

/** The document of a client after it was stored. */
async function stored(body: object): Promise<OAuth2ClientDto> {
  const metadata = metadataOf(await parseClientDocument(OAuth2ClientDto, body), configuration);
  const dates = { createdAt: new Date('2030-01-01T00:00:00Z'), updatedAt: new Date('2030-01-01T00:00:00.123Z') };
  const entity = Object.assign(new ClientEntity(), { clientId: 'c', name: 'n', owner: 'o', metadata, ...dates });
  return clientDocument(new RegisteredClient(entity));
}

describe('a client document', () => {
  it('keeps every field that it was given', async () => {
    const sent = {
      ...{
        redirect_uris: ['https://a.example/cb'],
        grant_types: ['g'],
        response_types: ['code id_token'],
        scope: 'a b',
      },
      ...{
        audience: ['x'],
        policy_uri: 'https://p',
        tos_uri: 'https://t',
        client_uri: 'https://c',
        logo_uri: 'https://l',
      },
      ...{ allowed_cors_origins: ['https://a.example'], contacts: ['a@b.c'], subject_type: 'pairwise' },
      ...{
        jwks_uri: 'https://j',
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
      },
      ...{ request_uris: ['https://r'], request_object_signing_alg: 'ES256', userinfo_signed_response_alg: 'RS256' },
      ...{
        frontchannel_logout_uri: 'https://f',
        frontchannel_logout_session_required: true,
        sector_identifier_uri: 'https://s',
      },
      ...{ backchannel_logout_uri: 'https://b', backchannel_logout_session_required: true },
      ...{
        post_logout_redirect_uris: ['https://a.example/bye'],
        metadata: { n: [1, null] },
        access_token_strategy: 'jwt',
      },
      ...{ default_max_age: 0, default_acr_values: ['gold'], require_auth_time: true },
      ...{ require_pushed_authorization_requests: true, require_signed_request_object: true },
      ...{ dpop_bound_access_tokens: true, security_profile: 'fapi-2.0' },
      ...{ authorization_signed_response_alg: 'ES256', introspection_signed_response_alg: 'PS256' },
      ...{ id_token_encrypted_response_alg: 'RSA-OAEP', id_token_encrypted_response_enc: 'A128GCM' },
      ...{ userinfo_encrypted_response_alg: 'ECDH-ES', userinfo_encrypted_response_enc: 'A256GCM' },
      ...{ authorization_encrypted_response_alg: 'RSA-OAEP', authorization_encrypted_response_enc: 'A128GCM' },
      ...{ introspection_encrypted_response_alg: 'ECDH-ES', introspection_encrypted_response_enc: 'A256GCM' },
      ...{ request_object_encryption_alg: 'RSA-OAEP-256', request_object_encryption_enc: 'A128CBC-HS256' },
      ...{ authorization_details_types: ['payment'] },
      ...{ skip_consent: true, skip_logout_consent: false, implicit_grant_id_token_lifespan: '1h30m0s' },
    };
    expect(await stored(sent)).toMatchObject(sent);
  });

  it('leaves out what is not set, and shows the rest empty', async () => {
    const document = await stored({ frontchannel_logout_session_required: false, request_uris: [], jwks_uri: '' });
    for (const field of ['jwks_uri', 'request_uris', 'frontchannel_logout_session_required', 'access_token_strategy']) {
      expect(document).not.toHaveProperty(field);
    }
    expect(document).toMatchObject({ jwks: {}, metadata: {}, audience: [], skip_logout_consent: null });
  });

  it('has defaults of the configuration where a field is empty', async () => {
    const document = await stored({ scope: '', subject_type: '', token_endpoint_auth_method: '' });
    expect(document).toMatchObject({ scope: 'openid offline', subject_type: 'public' });
    expect(document.token_endpoint_auth_method).toBe('client_secret_basic');
  });

  it('is normalised: origins without trailing slash, the strategy in lower case, durations in canonical form', async () => {
    const document = await stored({
      allowed_cors_origins: ['https://a.example/'],
      access_token_strategy: 'JWT',
      implicit_grant_access_token_lifespan: '90m',
    });
    expect(document).toMatchObject({
      allowed_cors_origins: ['https://a.example'],
      access_token_strategy: 'jwt',
      implicit_grant_access_token_lifespan: '1h30m0s',
    });
  });

  it.each([
    [{}, {}],
    [{ keys: null }, {}],
    [{ keys: [] }, { keys: [] }],
  ])('takes jwks %j for %j', async (jwks, shown) => {
    expect((await stored({ jwks })).jwks).toEqual(shown);
  });

  it('shows times in UTC, with fractions of seconds where there are any', async () => {
    const { created_at, updated_at } = await stored({});
    expect([created_at, updated_at]).toEqual(['2030-01-01T00:00:00Z', '2030-01-01T00:00:00.123Z']);
  });
});
