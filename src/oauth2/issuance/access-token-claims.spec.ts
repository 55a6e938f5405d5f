import { describe, expect, it } from 'vitest';
import type { ClientEntity } from '../../clients/client.entity.js';
import { EMPTY_METADATA } from '../../clients/client-metadata.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import { Confirmation } from '../sender-constraint/confirmation.js';
import type { SenderProof } from '../sender-constraint/sender-proof.js';
import { accessTokenClaims, accessTokenType } from './access-token-claims.js';
import type { AuthorizedAccess } from './authorized-access.js';
import { EMPTY_SESSION, type GrantSession } from './grant-session.js';

const client = new RegisteredClient({
  ...{ key: '1', clientId: 'shop', rotatedSecretHashes: [], metadata: EMPTY_METADATA },
} as unknown as ClientEntity);

const draft = {
  ...{ id: 'the-id', bucket: 1, digest: null, expiresIn: 60 },
  issuedAt: new Date(1_000_000),
  expiresAt: new Date(1_060_000),
};

const LOGIN: Partial<GrantSession> = { subjectIdentifier: 'alice', authTime: 900, acr: 'gold', amr: ['pwd', 'otp'] };

interface Given {
  jwt?: Partial<Configuration['strategies']['jwt']>;
  oauth2?: Partial<Configuration['oauth2']>;
  access?: Partial<AuthorizedAccess>;
  session?: Partial<GrantSession>;
  proof?: SenderProof;
}

function configured({ jwt, oauth2 }: Given): Configuration {
  return {
    urls: { self: { issuer: 'https://id.example' } },
    strategies: { jwt: { profile: 'rfc9068', scope_claim: 'list', typ: 'JWT', ...jwt } },
    oauth2: {
      ...{ allowed_top_level_claims: [], mirror_top_level_claims: true, preserve_ext_claims: false },
      authorization_details: { types: [] },
      step_up: { enabled: false, acr_values: [] },
      token_exchange: { enabled: false, impersonation: false },
      ...{ dpop: { enabled: false }, mtls: { enabled: false } },
      ...oauth2,
    },
  } as unknown as Configuration;
}

function claims(given: Given = {}): Record<string, unknown> {
  const session = { ...EMPTY_SESSION, ...given.session };
  const access = { subject: 'alice', scope: ['read', 'write'], audience: ['https://api'], session, ...given.access };
  return accessTokenClaims({ ...draft, proof: given.proof }, client, access, configured(given));
}

/** What a hook or a consent app could claim at top level. */
const SPOOFED = Object.fromEntries(
  [
    ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scope', 'scp', 'ext', 'auth_time', 'acr', 'amr'],
    ...['cnf', 'act', 'may_act', 'authorization_details', 'groups'],
  ].map((name) => [name, 'spoofed']),
);

describe('JWT access tokens by RFC 9068', () => {
  it('have the claims of §2.2, the scope as a text, and nothing empty', () => {
    expect(claims()).toEqual({
      ...{ iss: 'https://id.example', sub: 'alice', aud: ['https://api'], client_id: 'shop', jti: 'the-id' },
      ...{ exp: 1060, iat: 1000, nbf: 1000, scope: 'read write' },
    });
  });

  it('have the type at+jwt, whatever `typ` says', () => {
    expect(accessTokenType(configured({}))).toBe('at+jwt');
    expect(accessTokenType(configured({ jwt: { profile: 'hydra', typ: 'JWT' } }))).toBe('JWT');
    expect(accessTokenType(configured({ jwt: { profile: 'hydra', typ: 'at+jwt' } }))).toBe('at+jwt');
  });

  it.each([
    ['both', { scope: 'read write', scp: ['read', 'write'] }],
    ['string', { scope: 'read write' }],
    ['list', { scope: 'read write' }],
  ] as const)('with scope_claim %s have %j', (scope_claim, expected) => {
    const { scope, scp } = claims({ jwt: { scope_claim } });
    expect({ scope, scp }).toEqual({ scp: undefined, ...expected });
  });

  it('without a granted scope have no claim for it', () => {
    const without = claims({ access: { scope: [] }, jwt: { scope_claim: 'both' } });
    expect(without).not.toHaveProperty('scope');
    expect(without).not.toHaveProperty('scp');
  });

  it.each([
    ['the issuer', undefined, 'https://id.example'],
    ['the issuer', '', 'https://id.example'],
    ['the default audience', 'https://default', 'https://default'],
  ])('of a request without audience are for %s', (_, default_audience, expected) => {
    expect(claims({ jwt: { default_audience }, access: { audience: [] } }).aud).toEqual([expected]);
    expect(claims({ jwt: { default_audience } }).aud).toEqual(['https://api']);
  });

  it('tell how and when a person logged in', () => {
    expect(claims({ session: LOGIN })).toMatchObject({ auth_time: 900, acr: 'gold', amr: ['pwd', 'otp'] });
    expect(claims({ session: { ...LOGIN, acr: undefined, acrRequested: true } }).acr).toBe('0');
  });

  it('take no reserved name from the session, whatever the configuration allows', () => {
    const oauth2 = { allowed_top_level_claims: Object.keys(SPOOFED), mirror_top_level_claims: false };
    const spoofed = claims({ oauth2, session: { accessTokenClaims: SPOOFED } });
    expect(spoofed.groups).toBe('spoofed');
    expect(Object.keys(spoofed).filter((name) => spoofed[name] === 'spoofed')).toEqual(['groups']);
  });

  it('have session claims at the top level only as the configuration names them', () => {
    const session = { accessTokenClaims: { tier: 'gold', team: 'a' } };
    expect(claims({ session, oauth2: { allowed_top_level_claims: ['tier'] } })).toMatchObject({
      ...{ tier: 'gold', ext: { tier: 'gold', team: 'a' } },
    });
    expect(claims({ session })).not.toHaveProperty('tier');
  });
});

describe("JWT access tokens in Hydra's format", () => {
  const jwt = { profile: 'hydra' } as const;

  it('are as they were: scp, an empty aud, an empty ext, and nothing about the login', () => {
    expect(claims({ jwt, access: { audience: [] }, session: LOGIN })).toEqual({
      ...{ iss: 'https://id.example', sub: 'alice', aud: [], client_id: 'shop', jti: 'the-id' },
      ...{ exp: 1060, iat: 1000, nbf: 1000, scp: ['read', 'write'], ext: {} },
    });
  });

  it('tell how the person logged in while step-up is on, and take that from nobody else (RFC 9470 §6.1)', () => {
    const allowed_top_level_claims = ['acr', 'amr', 'auth_time'];
    const oauth2 = { allowed_top_level_claims, step_up: { enabled: true, acr_values: [] } };
    expect(claims({ jwt, oauth2, session: LOGIN })).toMatchObject({ auth_time: 900, acr: 'gold', amr: ['pwd', 'otp'] });
    const spoofed = claims({ jwt, oauth2, session: { accessTokenClaims: SPOOFED } });
    for (const name of allowed_top_level_claims) expect(spoofed).not.toHaveProperty(name);
  });

  it('take other claims from the session, as in Hydra', () => {
    const oauth2 = { allowed_top_level_claims: ['acr', 'scope', 'sub'] };
    const session = { accessTokenClaims: { acr: 'mine', scope: 'mine', sub: 'mallory' } };
    expect(claims({ jwt, oauth2, session })).toMatchObject({ acr: 'mine', scope: 'mine', sub: 'alice' });
  });
});

describe('the key of a token (RFC 7800 §3.1)', () => {
  const confirmation = Confirmation.ofKey(Buffer.alloc(32, 7));
  const session = { accessTokenClaims: { cnf: { jkt: 'of the consent app' }, tenant: 'a' } };
  const oauth2 = (dpop: boolean, mtls: boolean): Given['oauth2'] =>
    ({
      ...{ allowed_top_level_claims: ['cnf', 'tenant'] },
      ...{ dpop: { enabled: dpop }, mtls: { enabled: mtls } },
    }) as Given['oauth2'];

  it.each(['hydra', 'rfc9068'] as const)('is never that of the session while tokens may be bound: %s', (profile) => {
    for (const on of [oauth2(true, false), oauth2(false, true)]) {
      const unbound = claims({ jwt: { profile }, oauth2: on, session });
      expect(unbound).toMatchObject({ tenant: 'a', ext: { tenant: 'a' } });
      expect(unbound).not.toHaveProperty('cnf');
      expect(unbound.ext).not.toHaveProperty('cnf');
      const bound = claims({ jwt: { profile }, oauth2: on, session, proof: { confirmation, tokenType: 'DPoP' } });
      expect(bound.cnf).toEqual(confirmation.claim);
    }
  });

  it('is a claim like any other while none can be bound', () => {
    const { cnf } = session.accessTokenClaims;
    expect(claims({ jwt: { profile: 'hydra' }, oauth2: oauth2(false, false), session })).toMatchObject({ cnf });
  });
});

describe('authorization details (RFC 9396 §9.1)', () => {
  const granted = [{ type: 'payment' }];
  const ofSession = { authorization_details: 'of the consent app', tenant: 'a' };
  const allowed = { allowed_top_level_claims: ['authorization_details', 'tenant'] };
  const on = { ...allowed, authorization_details: { types: [{ type: 'payment' }] } };
  const given = (oauth2: Given['oauth2'], session: Partial<GrantSession>): Given => ({
    jwt: { profile: 'hydra' },
    ...{ oauth2, session },
  });

  it('are in the token as they were granted', () => {
    expect(claims({ session: { authorizationDetails: granted } })).toMatchObject({ authorization_details: granted });
    expect(claims()).not.toHaveProperty('authorization_details');
  });

  it('are never those of the session, unless no type is configured', () => {
    const session = { accessTokenClaims: ofSession };
    expect(claims(given(on, session))).toMatchObject({ tenant: 'a', ext: { tenant: 'a' } });
    expect(claims(given(on, session))).not.toHaveProperty('authorization_details');
    expect(claims(given(on, session)).ext).not.toHaveProperty('authorization_details');
    expect(claims(given(on, { ...session, authorizationDetails: granted }))).toMatchObject({
      authorization_details: granted,
    });
    expect(claims(given(allowed, session))).toMatchObject({ ...ofSession, ext: ofSession });
  });
});
