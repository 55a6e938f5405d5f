import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { OAuth2ClientDto } from '../client.dto.js';
import { ClientEntity } from '../client.entity.js';
import { type ClientMetadata, EMPTY_METADATA } from '../client-metadata.js';
import { RegisteredClient } from '../registered-client.js';
import { ownDocument, withoutUnset } from './own-document.js';

const configuration = {
  strategies: { scope: 'wildcard', access_token: 'opaque' },
  oidc: {
    subject_identifiers: { supported_types: ['public', 'pairwise'] },
    dynamic_client_registration: {
      default_scope: ['openid', 'hidden'],
      allowed_scopes: ['openid', 'profile', 'read.*'],
      allowed_audience: ['https://api.example/open'],
      allowed_grant_types: ['authorization_code', 'client_credentials'],
    },
  },
} as unknown as Configuration;

/** A current client; without `dynamically_registered` an administrator made it. */
function client(metadata: Partial<ClientMetadata>, owner = ''): RegisteredClient {
  const dates = { createdAt: new Date(0), updatedAt: new Date(0) };
  const named = { clientId: 'c', name: '', owner, metadata: { ...EMPTY_METADATA, ...metadata } };
  return new RegisteredClient(Object.assign(new ClientEntity(), { ...named, ...dates, secretHash: null }));
}

const written = (sent: object, current?: RegisteredClient) =>
  ownDocument(Object.assign(new OAuth2ClientDto(), sent), current, configuration);

function refused(sent: object, current?: RegisteredClient): void {
  const [name = ''] = Object.keys(sent);
  const hint = expect.stringContaining(name) as string;
  const error = { status: 400, code: 'invalid_client_metadata', hint };
  expect(() => written(sent, current)).toThrow(expect.objectContaining(error));
}

describe('the document of a client that registers itself', () => {
  it.each([
    { scope: 'openid admin' },
    { scope: '*' },
    { audience: ['https://internal.example'] },
    { audience: ['https://api.example'] },
    { grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'] },
    { grant_types: ['authorization_code', 'urn:example:other'] },
    { owner: 'the-operator' },
    { client_credentials_grant_access_token_lifespan: '2500000h' },
    { authorization_code_grant_refresh_token_lifespan: '2500000h' },
    { access_token_strategy: 'jwt' },
    { skip_consent: true },
    { skip_logout_consent: true },
    { metadata: null },
  ])('is refused with %j', (sent) => {
    refused(sent);
  });

  it('may hold the values that the operator allows, and empty values for the rest', () => {
    const sent = {
      scope: 'openid read.users',
      audience: ['https://api.example/open/x'],
      owner: '',
      skip_consent: false,
    };
    expect(written({ ...sent, skip_logout_consent: false, access_token_strategy: '' }).document).toMatchObject({
      scope: 'openid read.users',
      audience: ['https://api.example/open/x'],
    });
  });

  it('has the defaults of RFC 7591, and the allowed part of the default scope', () => {
    const { document, author } = written({});
    expect(document).toMatchObject({ grant_types: ['authorization_code'], response_types: ['code'], audience: [] });
    expect(author).toEqual({ dynamic: true, defaultScope: ['openid'] });
  });
});

describe('the document of a client that changes itself', () => {
  const self = client({
    ...{ dynamically_registered: true, scope: 'openid secret', audience: ['https://given.example'] },
    ...{ grant_types: ['authorization_code', 'urn:example:given'], client_credentials_grant_access_token_lifespan: 60 },
  });
  const made = client(
    {
      ...{ scope: 'read', audience: ['https://a.example'], grant_types: ['client_credentials'], skip_consent: true },
      ...{ subject_type: 'pairwise', access_token_strategy: 'opaque', metadata: { note: 'ours' } },
      refresh_token_grant_refresh_token_lifespan: 3_600,
    },
    'ops',
  );

  it('keeps the values of the client, and adds those that everybody may have', () => {
    const sent = { scope: 'openid secret profile', grant_types: ['urn:example:given', 'client_credentials'] };
    const { document } = written({ ...sent, audience: ['https://given.example', 'https://api.example/open'] }, self);
    expect(document).toMatchObject({ ...sent, client_credentials_grant_access_token_lifespan: '1m0s' });
    for (const more of [{ scope: 'other' }, { audience: ['https://b.example'] }, { grant_types: ['implicit'] }]) {
      refused(more, self);
    }
  });

  it("gives only permissions that the client's administrator gave it", () => {
    for (const more of [
      { scope: 'read openid' },
      { audience: ['https://api.example/open'] },
      { grant_types: ['client_credentials', 'authorization_code'] },
      { response_types: ['token'] },
      { owner: 'me' },
      { refresh_token_grant_refresh_token_lifespan: '2h' },
      { access_token_strategy: 'jwt' },
      { skip_logout_consent: true },
      { subject_type: 'public' },
    ]) {
      refused(more, made);
    }
    refused({ scope: 'profile' }, client({ ...self.metadata, administered: true }));
  });

  it("keeps the administrators' members, whether the client omits them or sends back the value it read", () => {
    const kept = {
      ...{ owner: 'ops', skip_consent: true, subject_type: 'pairwise', access_token_strategy: 'opaque' },
      ...{ refresh_token_grant_refresh_token_lifespan: '1h0m0s', metadata: { note: 'ours' } },
      ...{ audience: ['https://a.example'], grant_types: ['client_credentials'] },
    };
    expect(written({}, made).document).toMatchObject(kept);
    expect(written({}, made).author.defaultScope).toEqual(['read']);
    const read = { ...kept, metadata: undefined, scope: 'read', refresh_token_grant_refresh_token_lifespan: '60m' };
    expect(written(read, made).document).toMatchObject({ ...kept, scope: 'read' });
  });

  it('has no secret: the server chooses it', () => {
    expect(() => written({ client_secret: 'my-own-secret' }, made)).toThrow(expect.objectContaining({ status: 403 }));
    expect(() => written({ client_secret: 'my-own-secret' })).toThrow(expect.objectContaining({ status: 400 }));
  });
});

it('a shown document leaves out what is not set', () => {
  const document = { client_name: '', contacts: [], jwks: {}, owner: undefined, skip_logout_consent: null };
  const set = { client_id: 'c', client_secret_expires_at: 0, skip_consent: false, jwks: { keys: [] } };
  expect(withoutUnset(Object.assign(new OAuth2ClientDto(), document))).toEqual(new OAuth2ClientDto());
  expect(withoutUnset(Object.assign(new OAuth2ClientDto(), set))).toEqual(Object.assign(new OAuth2ClientDto(), set));
});
