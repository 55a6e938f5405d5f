import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { DEVICE_CODE } from '../../../protocol/constants.js';
import {
  accessDenied,
  authorizationPending,
  expiredToken,
  invalidGrant,
  OAuthError,
  slowDown,
} from '../../../protocol/oauth-error.js';
import { AuthorizationCodes } from '../../issuance/authorization-codes.js';
import { type DeviceRecord, DeviceAuthorizations } from '../../issuance/device-authorizations.js';
import { GrantRedemption } from '../../issuance/grant-redemption.js';
import { lifespan } from '../../issuance/lifespans.js';
import type { Authorization, Grant, TokenRequest } from './grant.js';

/** RFC 8628 §3.4, §3.5: a device polls until the person has decided. */
@Injectable()
export class DeviceCodeGrant implements Grant {
  readonly grantType = DEVICE_CODE;

  constructor(
    private readonly devices: DeviceAuthorizations,
    private readonly codes: AuthorizationCodes,
    private readonly redemption: GrantRedemption,
    private readonly config: ConfigHolder,
  ) {}

  async authorize({ form, arrivedAt, now }: TokenRequest, client: RegisteredClient): Promise<Authorization> {
    const { code, record } = await this.devices.open(form.first('device_code'));
    if (record.data.clientKey !== client.key) throw invalidGrant('The device code was issued to another client.');
    const grantId = await this.approved(record, now);
    const redeems = { ...code, id: grantId };
    const attempt = { code: redeems, record: { clientKey: client.key }, client, arrivedAt, now, mayRepeat: true };
    return {
      describe: () => this.codes.describe(attempt),
      issue: (session) => this.redemption.redeem(attempt, DEVICE_CODE, session),
      idTokenLifespan: lifespan(this.config.current, client, DEVICE_CODE, 'id_token'),
    };
  }

  /** The id of the grant that the person gave. @throws OAuthError while there is none */
  private async approved(record: DeviceRecord, now: Date): Promise<string> {
    const { state, grantId } = record.data;
    if (state === 'denied') throw denied();
    if (record.expiresAt <= now) throw expiredToken('Start again with a new device authorization request.');
    if (grantId) return grantId;
    if (await this.devices.tooFast(record, now)) throw slowDown();
    throw authorizationPending();
  }
}

/** RFC 8628 §3.5 answers as the token endpoint does: 400 (RFC 6749 §5.2). */
function denied(): OAuthError {
  const { code, description } = accessDenied();
  return new OAuthError(code, { status: 400, description, hint: 'The end user denied the request of the device.' });
}
