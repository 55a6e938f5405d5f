import { describe, expect, it } from 'vitest';
import { type ClientMetadata, EMPTY_METADATA } from './client-metadata.js';
import { metadataFrom, metadataText } from './client-row.js';

describe('the stored metadata of a client', () => {
  it('has no member that equals its empty value', () => {
    expect(metadataText(EMPTY_METADATA)).toBe('{}');
    expect(metadataText({ ...EMPTY_METADATA, scope: 'openid', jwks: undefined })).toBe('{"scope":"openid"}');
  });

  it.each<Partial<ClientMetadata>>([
    { redirect_uris: ['https://app.example/cb'], subject_type: 'pairwise', token_endpoint_auth_method: 'none' },
    { skip_consent: true, skip_logout_consent: false, userinfo_signed_response_alg: 'RS256' },
    { metadata: null },
    { metadata: [] },
    { metadata: '' },
    { metadata: { a: {} } },
    { jwks: { keys: [] }, access_token_strategy: 'jwt', refresh_token_grant_id_token_lifespan: 0 },
    { dynamically_registered: true, backchannel_logout_session_required: true },
  ])('restores the client: %j', (members) => {
    const metadata = { ...EMPTY_METADATA, ...members };
    expect(metadataFrom(metadataText(metadata))).toEqual(metadata);
  });

  it('may have every member, as rows of earlier releases do', () => {
    const metadata = { ...EMPTY_METADATA, scope: 'openid' };
    expect(metadataFrom(JSON.stringify(metadata))).toEqual(metadata);
  });

  it('is read with values that never change, because stored rows rely on them', () => {
    const none = { policy_uri: '', tos_uri: '', logo_uri: '', client_uri: '', scope: '', metadata: {} };
    expect(metadataFrom('{}')).toEqual({
      ...none,
      ...{ redirect_uris: [], grant_types: [], response_types: [], audience: [], allowed_cors_origins: [] },
      ...{ contacts: [], request_uris: [], post_logout_redirect_uris: [] },
      ...{ subject_type: 'public', token_endpoint_auth_method: 'client_secret_basic' },
      ...{ userinfo_signed_response_alg: 'none', skip_consent: false, skip_logout_consent: null },
      ...{ frontchannel_logout_session_required: false, backchannel_logout_session_required: false },
    });
  });
});
