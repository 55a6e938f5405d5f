import { generateKeyPairSync } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { ClientEntity } from '../../../clients/client.entity.js';
import { EMPTY_METADATA } from '../../../clients/client-metadata.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import type { UsedAssertions } from '../../../clients/used-assertions.js';
import type { ConfigHolder } from '../../../config/config-holder.js';
import type { Events } from '../../../events/events.js';
import { parseParameters } from '../../../http/exchange/declared-parameters.js';
import { FormParams } from '../../../http/exchange/form-params.js';
import type { RequestTiming } from '../../../http/exchange/request-timing.js';
import type { TrustedIssuers } from '../../../trust/trusted-issuers.js';
import type { AccessTokens } from '../../issuance/access-tokens.js';
import { AccessWithoutGrant } from './access-without-grant.js';
import { JwtBearerGrant } from './jwt-bearer.grant.js';
import { TrustedAssertions } from './trusted-assertions.js';

const TOKEN_URL = 'https://as.example/oauth2/token';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const client = new RegisteredClient({
  ...{ key: '1', clientId: 'shop', rotatedSecretHashes: [] },
  metadata: { ...EMPTY_METADATA, scope: 'read write', audience: ['https://api.example'] },
} as unknown as ClientEntity);

const assertion = (claims: JWTPayload = {}, typ?: string): Promise<string> =>
  new SignJWT({ iss: 'https://idp.example', sub: 'alice', aud: TOKEN_URL, jti: 'one', ...claims })
    .setProtectedHeader({ alg: 'ES256', ...(typ && { typ }) })
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(privateKey);

interface Options {
  byDefault?: boolean;
  omitsAudience?: boolean;
}

/** A grant that trusts one issuer for everybody and the scope `read mail`. It keeps what was issued and which marks were claimed. */
function stand({ byDefault = false, omitsAudience = false }: Options = {}) {
  const [issued, events, marks]: [unknown[], { type: string }[], Set<string>] = [[], [], new Set()];
  const accessTokens = {
    issueWithoutGrant: (access: unknown) => {
      issued.push(access);
      return Promise.resolve({ token: 'T' });
    },
  } as unknown as AccessTokens;
  const trust = { issuer: 'https://idp.example', scope: ['read', 'mail'] };
  const issuers = {
    keysFor: (iss: string) =>
      Promise.resolve(iss === trust.issuer ? [{ trust, key: { publicKey, alg: 'ES256' } }] : []),
  } as unknown as TrustedIssuers;
  const assertions = {
    claim: ({ issuer, jti }: { issuer: string; jti: string }) =>
      Promise.resolve(!marks.has(`${issuer} ${jti}`) && Boolean(marks.add(`${issuer} ${jti}`))),
  } as unknown as UsedAssertions;
  const current = {
    urls: { self: { issuer: 'https://as.example/', public: 'https://as.example/' } },
    webfinger: { oidc_discovery: {} },
    strategies: { scope: 'exact' },
    oauth2: {
      ...{ resource_indicators: { enabled: false }, protected_resources: [] },
      client_credentials: { default_grant_allowed_scope: byDefault },
      grant: {
        jwt: { jti_optional: false, iat_optional: false, max_ttl: 3600, omit_assertion_audience: omitsAudience },
      },
    },
  };
  const config = { current } as unknown as ConfigHolder;
  const told = { publish: (event: { type: string }) => events.push(event) } as unknown as Events;
  const trusted = new TrustedAssertions(issuers, assertions, told, config);
  const grant = new JwtBearerGrant(trusted, new AccessWithoutGrant(accessTokens, config), config);
  const authorize = async (jwt: string, more: Record<string, string> = {}) => {
    const form = FormParams.parse(new URLSearchParams({ ...(jwt && { assertion: jwt }), ...more }).toString());
    const parameters = parseParameters(grant.parameters, form);
    return grant.authorize({ parameters, timing: {} as RequestTiming, now: new Date() }, client);
  };
  return { authorize, issued, events, marks };
}

describe('a JWT bearer assertion', () => {
  it('gives its subject the scope that is asked for, and spends nothing before the token is issued', async () => {
    const { authorize, issued, marks } = stand();
    const authorization = await authorize(await assertion(), { scope: 'read', audience: 'https://api.example' });
    const access = { subject: 'alice', scope: ['read'], audience: ['https://api.example', TOKEN_URL] };
    expect(await authorization.describe()).toMatchObject(access);
    expect([issued, marks.size]).toEqual([[], 0]);
    await authorization.issue();
    expect([issued, marks.size]).toMatchObject([[access], 1]);
  });

  it.each(['JWT', 'authorization-grant+jwt', 'oauth-id-jag+jwt'])('may have the type %s', async (typ) => {
    const authorization = await stand().authorize(await assertion({}, typ));
    expect(await authorization.describe()).toMatchObject({ subject: 'alice' });
  });

  it('is good once, and a replay is reported', async () => {
    const { authorize, events } = stand();
    const jwt = await assertion();
    await (await authorize(jwt)).issue();
    await expect((await authorize(jwt)).issue()).rejects.toMatchObject({ code: 'jti_known' });
    expect(events.map(({ type }) => type)).toEqual(['assertion.replayed']);
  });

  it.each([
    [false, []],
    [true, ['read']],
  ])(
    'without a scope gives what issuer and client may both have only where that is configured (%s)',
    async (byDefault, scope) => {
      const authorization = await stand({ byDefault }).authorize(await assertion());
      expect(await authorization.describe()).toMatchObject({ scope });
    },
  );

  it('gives its own audience to the token unless that is configured otherwise', async () => {
    const authorization = await stand({ omitsAudience: true }).authorize(await assertion());
    expect(await authorization.describe()).toMatchObject({ audience: [] });
  });

  it.each([
    ['that is missing', () => Promise.resolve(''), 'invalid_request'],
    ['that is no JWT', () => Promise.resolve('a.b'), 'invalid_grant'],
    ['of another kind', () => assertion({}, 'at+jwt'), 'invalid_grant'],
    ['of an issuer that is not trusted', () => assertion({ iss: 'https://other.example' }), 'invalid_grant'],
    ['without a subject', () => assertion({ sub: '' }), 'invalid_grant'],
    ['for another server', () => assertion({ aud: 'https://other.example' }), 'invalid_grant'],
  ])('%s is refused', async (_, make, code) => {
    await expect(stand().authorize(await make())).rejects.toMatchObject({ code });
  });

  it('gives no scope for which its issuer is not trusted', async () => {
    const authorized = stand().authorize(await assertion(), { scope: 'write' });
    await expect(authorized).rejects.toMatchObject({ code: 'invalid_scope' });
  });
});
