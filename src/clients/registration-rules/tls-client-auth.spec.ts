import { beforeAll, describe, expect, it } from 'vitest';
import { certificate, type Certificate } from '../../../test/support/certificates.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { type ClientMetadata, EMPTY_METADATA } from '../client-metadata.js';
import type { Registration } from './registration-rule.js';
import { checkSelfSignedTlsClientAuth, checkTlsClientAuth } from './tls-client-auth.js';

const registration = (metadata: Partial<ClientMetadata>): Registration => ({
  ...{ clientId: 'c', name: '', owner: '' },
  metadata: { ...EMPTY_METADATA, ...metadata },
});

/** The hint of the refusal; undefined where the client may be written. */
async function refusal(metadata: Partial<ClientMetadata>): Promise<string | undefined> {
  try {
    await checkTlsClientAuth(registration(metadata));
    checkSelfSignedTlsClientAuth(registration(metadata));
    return undefined;
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    expect(error.code).toBe('invalid_client_metadata');
    return error.hint;
  }
}

describe('tls_client_auth (RFC 8705 §2.1.2)', () => {
  const method = { token_endpoint_auth_method: 'tls_client_auth' };

  it.each<Partial<ClientMetadata>>([
    { tls_client_auth_subject_dn: 'CN=service-a,O=Acme,C=CH' },
    { tls_client_auth_san_dns: 'a.Example' },
    { tls_client_auth_san_dns: 'under_score.xn--bcher-kva.example' },
    { tls_client_auth_san_uri: 'spiffe://mesh/ns/a' },
    { tls_client_auth_san_ip: '192.0.2.7' },
    { tls_client_auth_san_ip: '2001:db8::7' },
    { tls_client_auth_san_email: 'Ops+a@a.example' },
    { tls_client_auth_san_email: 'ops@a.example', tls_client_auth_san_dns: '' },
  ])('takes one member: %j', async (metadata) => {
    expect(await refusal({ ...method, ...metadata })).toBeUndefined();
  });

  it.each<Partial<ClientMetadata>>([
    {},
    { tls_client_auth_subject_dn: '' },
    { tls_client_auth_subject_dn: 'CN=a', tls_client_auth_san_dns: 'a.example' },
    { tls_client_auth_san_ip: '192.0.2.1', tls_client_auth_san_uri: 'spiffe://x' },
  ])('refuses none and two: %j', async (metadata) => {
    expect(await refusal({ ...method, ...metadata })).toContain('exactly one of');
  });

  it.each<Partial<ClientMetadata>>([
    { tls_client_auth_subject_dn: '/C=CH/CN=a' },
    { tls_client_auth_subject_dn: 'CN = a' },
    { tls_client_auth_san_dns: '*.example' },
    { tls_client_auth_san_dns: 'a.example.' },
    { tls_client_auth_san_dns: 'a example' },
    { tls_client_auth_san_dns: 'bücher.example' },
    { tls_client_auth_san_dns: `${'a'.repeat(64)}.example` },
    { tls_client_auth_san_uri: 'a/b' },
    { tls_client_auth_san_uri: `spiffe://${'a'.repeat(2_048)}` },
    { tls_client_auth_san_ip: '192.0.2' },
    { tls_client_auth_san_ip: '192.0.2.0/24' },
    { tls_client_auth_san_ip: '0x7f000001' },
    { tls_client_auth_san_email: 'a.example' },
    { tls_client_auth_san_email: '@a.example' },
    { tls_client_auth_san_email: 'ops@' },
  ])('refuses a value of another kind, whatever the method is: %j', async (metadata) => {
    const [name = ''] = Object.keys(metadata);
    for (const given of [method, {}]) expect(await refusal({ ...given, ...metadata })).toContain(`'${name}' must be`);
  });
});

describe('self_signed_tls_client_auth (RFC 8705 §2.2.2)', () => {
  const method = { token_endpoint_auth_method: 'self_signed_tls_client_auth' };
  let own: Certificate;
  let other: Certificate;
  beforeAll(async () => {
    [own, other] = await Promise.all([certificate(), certificate({ key: 'rsa' })]);
  });
  const keys = (...list: unknown[]) => ({ ...method, jwks: { keys: list } }) as Partial<ClientMetadata>;

  it('takes keys with their certificates, beside others, or their address', async () => {
    expect(await refusal(keys(own.jwk, other.jwk))).toBeUndefined();
    const { x5c: _, ...bare } = other.jwk;
    expect(await refusal(keys(bare, own.jwk))).toBeUndefined();
    expect(await refusal(keys({ ...own.jwk, x5c: [...(own.jwk.x5c as string[]), 'more'] }))).toBeUndefined();
    expect(await refusal({ ...method, jwks_uri: 'https://a.example/keys' })).toBeUndefined();
  });

  it.each<[string, () => Partial<ClientMetadata>]>([
    ['no keys', () => method],
    ['an empty set', () => keys()],
    ['no list', () => ({ ...method, jwks: {} }) as Partial<ClientMetadata>],
    ['keys without certificates', () => keys({ ...own.jwk, x5c: undefined })],
    ['the certificate of another key', () => keys({ ...own.jwk, x5c: other.jwk.x5c })],
    ['an empty x5c', () => keys({ ...own.jwk, x5c: [] })],
    ['PEM', () => keys({ ...own.jwk, x5c: [own.cert] })],
    ['base64url', () => keys({ ...own.jwk, x5c: [own.der.toString('base64url')] })],
    ['bytes that are no certificate', () => keys({ ...own.jwk, x5c: ['aGVsbG8='] })],
    ['no text', () => keys({ ...own.jwk, x5c: [7] })],
  ])('refuses %s', async (_, metadata) => {
    expect(await refusal(metadata())).toMatch(/'jwks'/);
  });

  it('leaves x5c of other clients alone', async () => {
    const { jwks } = keys({ ...own.jwk, x5c: ['x'] });
    expect(await refusal({ token_endpoint_auth_method: 'private_key_jwt', jwks })).toBeUndefined();
  });
});
