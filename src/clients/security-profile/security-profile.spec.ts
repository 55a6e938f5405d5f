import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { isFapiRedirectUri } from './fapi-redirect-uri.js';
import { isUnderFapi, profileOf, type SecurityProfile, signsMessages } from './security-profile.js';

const SIGNING = 'fapi-2.0-message-signing';

describe('the security profile of a client', () => {
  it.each<[SecurityProfile | undefined, SecurityProfile | undefined, SecurityProfile | undefined]>([
    [undefined, undefined, undefined],
    ['fapi-2.0', undefined, 'fapi-2.0'],
    [undefined, 'fapi-2.0', 'fapi-2.0'],
    ['fapi-2.0', 'fapi-2.0', 'fapi-2.0'],
    [SIGNING, undefined, SIGNING],
    [undefined, SIGNING, SIGNING],
    [SIGNING, 'fapi-2.0', SIGNING],
    ['fapi-2.0', SIGNING, SIGNING],
  ])('registered as %s, on a server with %s, is %s', (own, floor, expected) => {
    const client = { metadata: { security_profile: own } };
    const configuration = { oauth2: { security_profile: floor } } as Configuration;
    expect(profileOf(client, configuration)).toBe(expected);
    expect(isUnderFapi(client, configuration)).toBe(expected !== undefined);
    expect(signsMessages(client, configuration)).toBe(expected === SIGNING);
  });
});

describe('a redirect URI under FAPI 2.0', () => {
  it.each(['https://app.example/cb', 'https://app.example:8443/cb?a=b', 'http://127.0.0.1/cb', 'http://[::1]:5/cb'])(
    'may be %s',
    (uri) => {
      expect(isFapiRedirectUri(uri)).toBe(true);
    },
  );

  it.each([
    ...['http://app.example/cb', 'http://localhost/cb', 'https://localhost/cb', 'https://a.localhost/cb'],
    ...[
      'com.example.app:/cb',
      'https://app.example/cb#here',
      'javascript:alert(1)',
      'no uri',
      '',
      'http://127.1.evil.example/',
    ],
  ])('is not %s', (uri) => {
    expect(isFapiRedirectUri(uri)).toBe(false);
  });
});
