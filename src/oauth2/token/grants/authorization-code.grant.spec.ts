import { expect, it } from 'vitest';
import type { ClientEntity } from '../../../clients/client.entity.js';
import { EMPTY_METADATA } from '../../../clients/client-metadata.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import type { ConfigHolder } from '../../../config/config-holder.js';
import { sha256 } from '../../../crypto/digest.js';
import { parseParameters } from '../../../http/exchange/declared-parameters.js';
import { FormParams } from '../../../http/exchange/form-params.js';
import type { RequestTiming } from '../../../http/exchange/request-timing.js';
import type { AuthorizationCodes, CodeRecord } from '../../issuance/authorization-codes.js';
import type { GrantRedemption } from '../../issuance/grant-redemption.js';
import { AuthorizationCodeGrant } from './authorization-code.grant.js';

const VERIFIER = 'v'.repeat(43);
const shop = new RegisteredClient({
  ...{ key: '1', clientId: 'shop', rotatedSecretHashes: [], metadata: EMPTY_METADATA },
} as unknown as ClientEntity);

/** The grant with a code that is bound to this record. */
function stand(record: Partial<CodeRecord> = {}) {
  const seen = { opened: [] as unknown[], judged: 0, redeemed: 0 };
  const codes = {
    open: (text: unknown) => {
      seen.opened.push(text);
      return Promise.resolve({ code: {}, record: { clientKey: '1', ...record } });
    },
    endIfReplayed: () => Promise.resolve(seen.judged++),
  } as unknown as AuthorizationCodes;
  const redemption = { redeem: () => Promise.resolve(seen.redeemed++) } as unknown as GrantRedemption;
  const config = { current: { ttl: { id_token: 60 } } } as ConfigHolder;
  const grant = new AuthorizationCodeGrant(codes, redemption, config);
  const authorize = (form: string) => {
    const parameters = parseParameters(grant.parameters, FormParams.parse(form));
    return grant.authorize({ parameters, timing: {} as RequestTiming, now: new Date() }, shop);
  };
  return { authorize, seen };
}

it('a code is redeemed with the redirect URI and the verifier of its authorization request', async () => {
  const codeChallenge = sha256(VERIFIER).toString('base64url');
  const { authorize, seen } = stand({ redirectUri: 'https://app.example/cb', codeChallenge });
  const authorization = await authorize(`code=C&redirect_uri=https://app.example/cb&code_verifier=${VERIFIER}`);
  expect([authorization.idTokenLifespan, seen]).toEqual([60, { opened: ['C'], judged: 0, redeemed: 0 }]);
  await authorization.issue();
  expect(seen.redeemed).toBe(1);
});

it.each<[string, Partial<CodeRecord>, string]>([
  ['of another client', { clientKey: '2' }, ''],
  ['with another redirect URI', { redirectUri: 'https://app.example/cb' }, 'redirect_uri=https://app.example/CB'],
  ['without the redirect URI', { redirectUri: 'https://app.example/cb' }, ''],
  ['without the verifier', { codeChallenge: 'x' }, ''],
  ['with a verifier but without a challenge', {}, `code_verifier=${VERIFIER}`],
])('a code %s is refused, and is checked for a replay', async (_, record, form) => {
  const { authorize, seen } = stand(record);
  await expect(authorize(`code=C&${form}`)).rejects.toMatchObject({ code: 'invalid_grant' });
  expect(seen).toEqual({ opened: ['C'], judged: 1, redeemed: 0 });
});
