import { describe, expect, it } from 'vitest';
import type { ClientEntity } from '../../../clients/client.entity.js';
import { type ClientMetadata, EMPTY_METADATA } from '../../../clients/client-metadata.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import type { ConfigHolder } from '../../../config/config-holder.js';
import { parseParameters } from '../../../http/exchange/declared-parameters.js';
import { FormParams } from '../../../http/exchange/form-params.js';
import type { RequestTiming } from '../../../http/exchange/request-timing.js';
import type { AccessTokens } from '../../issuance/access-tokens.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import { EMPTY_SESSION } from '../../issuance/grant-session.js';
import { AccessWithoutGrant } from './access-without-grant.js';
import { ClientCredentialsGrant } from './client-credentials.grant.js';
import type { Authorization } from './grant.js';

const client = (over: Partial<ClientMetadata> = {}): RegisteredClient =>
  new RegisteredClient({
    ...{ key: '1', clientId: 'shop', rotatedSecretHashes: [] },
    metadata: { ...EMPTY_METADATA, scope: 'read photos.*', audience: ['https://api.example'], ...over },
  } as unknown as ClientEntity);

/** The authorization for the form, and the issued access. */
function stand({ byDefault = false, listed = [] as object[] } = {}) {
  const issued: AuthorizedAccess[] = [];
  const accessTokens = {
    issueWithoutGrant: (access: AuthorizedAccess) => {
      issued.push(access);
      return Promise.resolve({ token: 'T' });
    },
  } as unknown as AccessTokens;
  const current = {
    strategies: { scope: 'wildcard' },
    oauth2: {
      client_credentials: { default_grant_allowed_scope: byDefault },
      ...{ resource_indicators: { enabled: true }, protected_resources: listed },
    },
  };
  const config = { current } as unknown as ConfigHolder;
  const grant = new ClientCredentialsGrant(new AccessWithoutGrant(accessTokens, config), config);
  const authorize = (form: string, of = client()) =>
    new Promise<Authorization>((resolve) => {
      const parameters = parseParameters(grant.parameters, FormParams.parse(form));
      resolve(grant.authorize({ parameters, timing: {} as RequestTiming, now: new Date() }, of));
    });
  return { authorize, issued };
}

describe('client credentials', () => {
  it('give the client itself the requested scope and audience, and issue nothing before the last step', async () => {
    const { authorize, issued } = stand();
    const authorization = await authorize('scope=read+photos.mine&audience=https://api.example/v1');
    const access = {
      ...{ subject: 'shop', scope: ['read', 'photos.mine'], audience: ['https://api.example/v1'] },
      session: EMPTY_SESSION,
    };
    expect(await authorization.describe()).toEqual(access);
    expect(authorization.idTokenLifespan).toBeUndefined();
    expect(issued).toEqual([]);
    expect(await authorization.issue()).toEqual({ access, accessToken: { token: 'T' } });
    expect(issued).toEqual([access]);
  });

  it('are for the resources of the request (RFC 8707 §2.2) and its audiences', async () => {
    const form =
      'resource=https://api.example/v1/&resource=https://api.example&audience=https://api.example+https://api.example/v2';
    const audience = ['https://api.example', 'https://api.example/v2', 'https://api.example/v1/'];
    expect(await (await stand().authorize(form)).describe()).toMatchObject({ audience });
  });

  it('have only scopes that their resource knows', async () => {
    const listed = [{ resource: 'https://api.example', scopes_supported: ['read'], any_client: false }];
    const authorization = await stand({ listed }).authorize('resource=https://api.example&scope=photos.mine+read');
    expect((await authorization.issue()).access).toMatchObject({ scope: ['read'] });
  });

  it('issue the session as a hook changed it', async () => {
    const { authorize, issued } = stand();
    const session = { ...EMPTY_SESSION, accessTokenClaims: { tenant: 'a' } };
    await (await authorize('')).issue({ session });
    expect(issued).toMatchObject([{ session }]);
  });

  it.each([
    [false, []],
    [true, ['read', 'photos.*']],
  ])('without a scope give all scopes of the client only if that is configured (%s)', async (byDefault, scope) => {
    expect(await (await stand({ byDefault }).authorize('')).describe()).toMatchObject({ scope });
  });

  it.each([
    ['scope=admin', 'invalid_scope'],
    ['audience=https://other.example', 'invalid_request'],
    ['resource=https://other.example', 'invalid_target'],
    ['resource=https://api.example&resource=/orders', 'invalid_target'],
  ])('refuse values that the client is not registered for: %s', async (form, code) => {
    await expect(stand().authorize(form)).rejects.toMatchObject({ code });
  });

  it('are refused for public clients, which cannot authenticate', async () => {
    const open = client({ token_endpoint_auth_method: 'none' });
    await expect(stand().authorize('', open)).rejects.toMatchObject({ code: 'invalid_grant' });
  });
});
