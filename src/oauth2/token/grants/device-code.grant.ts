import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { textParameter } from '../../../http/exchange/declared-parameters.js';
import { DEVICE_CODE } from '../../../protocol/constants.js';
import {
  accessDenied,
  authorizationPending,
  expiredToken,
  invalidGrant,
  OAuthError,
  slowDown,
} from '../../../protocol/oauth-error.js';
import { StaleClient } from '../../issuance/authorized-access.js';
import { AuthorizationCodes } from '../../issuance/authorization-codes.js';
import { type DeviceRecord, DeviceAuthorizations } from '../../issuance/device-authorizations.js';
import { GrantRedemption } from '../../issuance/grant-redemption.js';
import { lifespan } from '../../issuance/lifespans.js';
import type { Authorization, Grant, TokenRequest } from './grant.js';

const TRIES = 3;

/** RFC 8628 §3.4. */
const PARAMETERS = { device_code: textParameter };

/** RFC 8628 §3.4, §3.5: a device polls until the person has decided. */
@Injectable()
export class DeviceCodeGrant implements Grant<typeof PARAMETERS> {
  readonly grantType = DEVICE_CODE;
  readonly parameters = PARAMETERS;
  readonly clientMayBeNew = true;
  readonly mayNarrow = true;

  constructor(
    private readonly devices: DeviceAuthorizations,
    private readonly codes: AuthorizationCodes,
    private readonly redemption: GrantRedemption,
    private readonly config: ConfigHolder,
  ) {}

  async authorize(
    { parameters, timing, now, proof }: TokenRequest<typeof PARAMETERS>,
    client: RegisteredClient,
  ): Promise<Authorization> {
    const { code, record } = await this.devices.open(parameters.device_code);
    if (!client.isOf(record.data.clientKey)) throw invalidGrant('The device code was issued to another client.');
    const grantId = await this.approved(record, now);
    if (!client.isStored) throw new StaleClient(client.clientId); // the grant has just given it its row
    const redeems = { ...code, id: grantId };
    const presented = { client, timing, now, proof };
    const attempt = { code: redeems, record: { clientKey: client.key }, ...presented, mayRepeat: true };
    return {
      describe: () => this.codes.describe(attempt),
      issue: (changes = {}) => this.redemption.redeem(attempt, DEVICE_CODE, changes),
      idTokenLifespan: lifespan(this.config.current, client, DEVICE_CODE, 'id_token'),
    };
  }

  /**
   * The id of the grant that the person gave. If the record changed during a poll, the poll is judged again.
   * @throws OAuthError as long as there is no grant
   */
  private async approved(found: DeviceRecord, now: Date): Promise<string> {
    let record: DeviceRecord | undefined = found;
    for (let i = 0; record && i < TRIES; i++) {
      const grantId = decided(record, now);
      if (grantId) return grantId;
      const poll = await this.devices.notePoll(record);
      if (poll) throw poll === 'in time' ? authorizationPending() : slowDown();
      record = await this.devices.find(found.id);
    }
    throw slowDown(); // too many concurrent polls to record this one
  }
}

/** The id of the grant, if the person has consented. @throws OAuthError if the request was denied or has expired */
function decided({ data, expiresAt }: DeviceRecord, now: Date): string | undefined {
  if (data.state === 'denied') throw denied();
  if (expiresAt <= now) throw expiredToken('Start again with a new device authorization request.');
  return data.grantId;
}

/** RFC 8628 §3.5: the error has status 400, as other errors of the token endpoint (RFC 6749 §5.2). */
function denied(): OAuthError {
  const { code, description } = accessDenied();
  return new OAuthError(code, { status: 400, description, hint: 'The end user denied the request of the device.' });
}
