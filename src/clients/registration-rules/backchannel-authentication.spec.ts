import { describe, expect, it } from 'vitest';
import { CIBA } from '../../protocol/constants.js';
import { type ClientMetadata, EMPTY_METADATA } from '../client-metadata.js';
import { checkBackchannelDelivery, checkBackchannelSigning } from './backchannel-authentication.js';
import type { Registration } from './registration-rule.js';

const PING = { backchannel_token_delivery_mode: 'ping' };
const at = (address: string): Partial<ClientMetadata> => ({ backchannel_client_notification_endpoint: address });
const check = (metadata: Partial<ClientMetadata>) => () => {
  const registration = { metadata: { ...EMPTY_METADATA, ...metadata } } as Registration;
  checkBackchannelDelivery(registration);
  checkBackchannelSigning(registration);
};
const jwks = { keys: [] };

describe('a client for backchannel authentication (CIBA Core §4)', () => {
  it.each<[string, Partial<ClientMetadata>]>([
    ['says nothing of it', {}],
    ['polls', { backchannel_token_delivery_mode: 'poll' }],
    ['is pinged', { ...PING, ...at('https://app.example/ping?tenant=a') }],
    ['signs its requests', { backchannel_authentication_request_signing_alg: 'ES256', jwks }],
    ['has the grant type and a secret', { grant_types: [CIBA] }],
  ])('that %s is registered', (_, metadata) => {
    expect(check(metadata)).not.toThrow();
  });

  it.each<[string, Partial<ClientMetadata>, string]>([
    ['wants tokens pushed', { backchannel_token_delivery_mode: 'push' }, 'backchannel_token_delivery_mode'],
    ['is pinged nowhere', PING, 'backchannel_client_notification_endpoint'],
    ['is pinged by http', { ...PING, ...at('http://app.example/ping') }, 'https'],
    ['is pinged at no address', { ...PING, ...at('https://') }, 'https'],
    ['is pinged at a fragment', at('https://app.example/ping#a'), 'fragment'],
    ['is pinged with a password in the address', at('https://a:b@app.example/ping'), 'credentials'],
    ['signs with a secret', { backchannel_authentication_request_signing_alg: 'HS256', jwks }, 'signing_alg'],
    ['signs with nothing', { backchannel_authentication_request_signing_alg: 'none', jwks }, 'signing_alg'],
    ['signs without keys', { backchannel_authentication_request_signing_alg: 'ES256' }, 'jwks'],
    ['proves nothing', { grant_types: [CIBA], token_endpoint_auth_method: 'none' }, 'token_endpoint_auth_method'],
  ])('that %s is refused', (_, metadata, named) => {
    expect(check(metadata)).toThrow(named);
    expect(check(metadata)).toThrow(expect.objectContaining({ code: 'invalid_client_metadata' }) as Error);
  });
});
