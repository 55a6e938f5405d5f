import { describe, expect, it } from 'vitest';
import { type ClientMetadata, EMPTY_METADATA } from '../../clients/client-metadata.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { withClientDefaults } from './client-defaults.js';

const DEFAULTS = { default_max_age: 60, default_acr_values: ['gold'] };

function completed(
  request: Partial<AuthorizationRequest>,
  metadata: Partial<ClientMetadata> = DEFAULTS,
  enabled = true,
) {
  const client = { metadata: { ...EMPTY_METADATA, ...metadata } } as RegisteredClient;
  const configuration = { oauth2: { step_up: { enabled } } } as Configuration;
  const sent = { acrValues: [], prompt: [], ...request } as unknown as AuthorizationRequest;
  const { maxAge, acrValues } = withClientDefaults(sent, client, configuration);
  return { maxAge, acrValues };
}

describe('what a client registered about the login', () => {
  it.each([
    ['a request that says nothing', {}, { maxAge: 60, acrValues: ['gold'] }],
    ['a request with max_age', { maxAge: 5 }, { maxAge: 5, acrValues: ['gold'] }],
    ['a request with max_age=0', { maxAge: 0 }, { maxAge: 0, acrValues: ['gold'] }],
    ['a request with acr_values', { acrValues: ['silver'] }, { maxAge: 60, acrValues: ['silver'] }],
    [
      'a request that asks for acr in claims',
      { requestedClaims: { id_token: { acr: null } } },
      { maxAge: 60, acrValues: [] },
    ],
    [
      'a request that asks for another claim',
      { requestedClaims: { id_token: { email: null } } },
      { maxAge: 60, acrValues: ['gold'] },
    ],
  ])('counts for %s', (_, request, expected) => {
    expect(completed(request)).toEqual(expected);
  });

  it('may be max_age=0 alone, and counts for nothing while step-up is off', () => {
    expect(completed({}, { default_max_age: 0 })).toEqual({ maxAge: 0, acrValues: [] });
    expect(completed({}, DEFAULTS, false)).toEqual({ maxAge: undefined, acrValues: [] });
    expect(completed({}, {})).toEqual({ maxAge: undefined, acrValues: [] });
  });
});
