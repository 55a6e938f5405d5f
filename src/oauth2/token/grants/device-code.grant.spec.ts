import { expect, it } from 'vitest';
import type { ClientEntity } from '../../../clients/client.entity.js';
import { EMPTY_METADATA } from '../../../clients/client-metadata.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import type { ConfigHolder } from '../../../config/config-holder.js';
import { parseParameters } from '../../../http/exchange/declared-parameters.js';
import { FormParams } from '../../../http/exchange/form-params.js';
import type { RequestTiming } from '../../../http/exchange/request-timing.js';
import type { AuthorizationCodes } from '../../issuance/authorization-codes.js';
import type { DeviceAuthorizations, DeviceRecord } from '../../issuance/device-authorizations.js';
import type { GrantRedemption } from '../../issuance/grant-redemption.js';
import { DeviceCodeGrant } from './device-code.grant.js';

const NOW = new Date(1_000_000);
const shop = new RegisteredClient({
  ...{ key: '1', clientId: 'shop', rotatedSecretHashes: [], metadata: EMPTY_METADATA },
} as unknown as ClientEntity);

/** The error for the device, or the id of the redeemed grant. `polls` are the verdicts on its polls, in order. */
async function poll(
  data: Partial<DeviceRecord['data']>,
  polls: unknown[] = ['in time'],
  expiresInMs = 1,
): Promise<string> {
  const record = { id: 'd', data: { clientKey: '1', ...data }, expiresAt: new Date(NOW.getTime() + expiresInMs) };
  const devices = {
    open: () => Promise.resolve({ code: {}, record }),
    find: () => Promise.resolve(record),
    notePoll: () => Promise.resolve(polls.shift()),
  } as unknown as DeviceAuthorizations;
  const redemption = {
    redeem: ({ code }: { code: { id: string } }) => Promise.resolve(code.id),
  } as unknown as GrantRedemption;
  const config = { current: { ttl: {} } } as ConfigHolder;
  const grant = new DeviceCodeGrant(devices, {} as AuthorizationCodes, redemption, config);
  const parameters = parseParameters(grant.parameters, FormParams.parse('device_code=D'));
  try {
    const authorization = await grant.authorize({ parameters, timing: {} as RequestTiming, now: NOW }, shop);
    return (await authorization.issue()) as unknown as string;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

it.each<[string, Partial<DeviceRecord['data']>, unknown[], string]>([
  ['whose request is undecided', { state: 'pending' }, ['in time'], 'authorization_pending'],
  ['that polls too fast', { state: 'pending' }, ['too fast'], 'slow_down'],
  ['with too many concurrent polls', { state: 'pending' }, [], 'slow_down'],
  ['that was refused', { state: 'denied' }, [], 'access_denied'],
  ['of another client', { clientKey: '2', state: 'approved', grantId: 'g' }, [], 'invalid_grant'],
  ['that was approved', { state: 'approved', grantId: 'g' }, [], 'g'],
])('a device %s gets the right response (RFC 8628 §3.5)', async (_, data, polls, answer) => {
  expect(await poll(data, polls)).toBe(answer);
});

it('a device whose code has expired must start again, even if it was approved', async () => {
  expect(await poll({ state: 'approved', grantId: 'g' }, [], 0)).toBe('expired_token');
});
