import { describe, expect, it } from 'vitest';
import type { ClientEntity } from '../../../clients/client.entity.js';
import { EMPTY_METADATA } from '../../../clients/client-metadata.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import type { ConfigHolder } from '../../../config/config-holder.js';
import { parseParameters } from '../../../http/exchange/declared-parameters.js';
import { FormParams } from '../../../http/exchange/form-params.js';
import type { RequestTiming } from '../../../http/exchange/request-timing.js';
import type { AccessTokens } from '../../issuance/access-tokens.js';
import { EMPTY_SESSION } from '../../issuance/grant-session.js';
import type { RefreshAttempt, RefreshTokens, Successors } from '../../issuance/refresh-tokens.js';
import { RefreshTokenGrant } from './refresh-token.grant.js';

const SESSION = { ...EMPTY_SESSION, nonce: 'of-the-login' };
const ACCESS = { subject: 'alice', scope: ['offline', 'read'], audience: ['https://api.example'], session: SESSION };

/** The grant with a refresh token of this access. With `fastRefuses` the fast path of the statement refuses. */
function stand({ metadata = {}, scope = ACCESS.scope, fastRefuses = false } = {}) {
  const tries: ('fast' | 'claim')[] = [];
  const kept: (string | undefined)[] = [];
  const access = { ...ACCESS, scope };
  const refreshTokens = {
    parse: (token: string) => ({ token }),
    describe: () => Promise.resolve(access),
    rotate: (attempt: RefreshAttempt, { allowed }: Successors) => {
      kept.push(attempt.kept);
      tries.push(allowed ? 'fast' : 'claim');
      return Promise.resolve(allowed && fastRefuses ? undefined : { access, refreshToken: 'R' });
    },
  } as unknown as RefreshTokens;
  const accessTokens = { draft: () => ({ token: 'T' }) } as unknown as AccessTokens;
  const config = {
    current: { ttl: {}, oauth2: { resource_indicators: { enabled: false } }, strategies: { scope: 'exact' } },
  } as ConfigHolder;
  const client = new RegisteredClient({
    ...{ key: '1', clientId: 'shop', rotatedSecretHashes: [] },
    metadata: { ...EMPTY_METADATA, scope: 'offline read', audience: ['https://api.example'], ...metadata },
  } as unknown as ClientEntity);
  const grant = new RefreshTokenGrant(accessTokens, refreshTokens, config);
  const authorize = (form = '') => {
    const parameters = parseParameters(grant.parameters, FormParams.parse(`refresh_token=R&${form}`));
    return grant.authorize({ parameters, timing: {} as RequestTiming, now: new Date() }, client);
  };
  return { authorize, tries, kept };
}

describe('a refresh token', () => {
  it('is rotated by one statement, and its ID token has no nonce (OpenID Connect Core §12.2)', async () => {
    const { authorize, tries } = stand();
    const issued = await (await authorize()).issue();
    expect(tries).toEqual(['fast']);
    expect(issued).toMatchObject({ access: { subject: 'alice' }, accessToken: { token: 'T' }, refreshToken: 'R' });
    expect(issued.access.session.nonce).toBeUndefined();
  });

  it('is kept for a client of FAPI 2.0, and replaced for others', async () => {
    for (const [security_profile, expected] of [['fapi-2.0', 'R'] as const, [undefined, undefined] as const]) {
      const { authorize, kept } = stand({ metadata: { security_profile } });
      await (await authorize()).issue();
      expect(kept).toEqual([expected]);
    }
  });

  it('is checked outside of the statement if the statement cannot, and is then spent', async () => {
    const { authorize, tries } = stand({ fastRefuses: true });
    await (await authorize()).issue();
    expect(tries).toEqual(['fast', 'claim']);
  });

  it.each<[string, Parameters<typeof stand>[0], string, string]>([
    ['without an offline scope', { scope: ['read'] }, '', 'scope_not_granted'],
    ['whose client lost a scope', { metadata: { scope: 'offline' } }, '', 'invalid_scope'],
    ['whose client lost an audience', { metadata: { audience: [] } }, '', 'invalid_request'],
    ['that asks for more than was granted (RFC 6749 §6)', {}, 'scope=read+write', 'invalid_scope'],
  ])('%s is refused, and nothing is spent', async (_, over, form, code) => {
    const { authorize, tries } = stand({ ...over, fastRefuses: true });
    const authorization = await authorize(form);
    await expect(authorization.describe()).rejects.toMatchObject({ code });
    await expect(authorization.issue()).rejects.toMatchObject({ code });
    expect(tries).toEqual(['fast']);
  });

  it('gives a narrower scope on request', async () => {
    expect(await (await stand().authorize('scope=read')).describe()).toMatchObject({ scope: ['read'] });
  });
});
