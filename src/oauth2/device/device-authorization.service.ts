import { Injectable } from '@nestjs/common';
import { ClientAuthentication } from '../../clients/authentication/client-authentication.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import {
  type Parsed,
  parseParameters,
  scopeParameter,
  textParameter,
} from '../../http/exchange/declared-parameters.js';
import { eachOnce } from '../../http/exchange/each-once.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { askedDetails } from '../issuance/asked-details.js';
import { AUDIENCE_PARAMETERS, wantedAudience } from '../issuance/wanted-audience.js';
import { DeviceAuthorizations } from '../issuance/device-authorizations.js';
import { checkAsked } from './check-asked.js';
import type { DeviceAuthorizationDto } from './device.dto.js';
import { verificationAddress } from './verification-address.js';

/** RFC 8628 §3.1. */
const PARAMETERS = {
  ...{ client_id: textParameter, scope: scopeParameter, ...AUDIENCE_PARAMETERS },
  authorization_details: textParameter, // RFC 9396 §4
};

/** Issues the codes of a device (RFC 8628 §3.1). */
@Injectable()
export class DeviceAuthorizationService {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly devices: DeviceAuthorizations,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError */
  async authorize(exchange: Exchange): Promise<DeviceAuthorizationDto> {
    const form = eachOnce(await exchange.form());
    const { client } = await this.authentication.authenticate(exchange, form, { begins: true });
    return this.start(parseParameters(PARAMETERS, form), client);
  }

  private async start(
    { client_id: named, scope, authorization_details: details, ...sent }: Parsed<typeof PARAMETERS>,
    client: RegisteredClient,
  ): Promise<DeviceAuthorizationDto> {
    // RFC 8628 §3.1: client_id is required if the client does not authenticate.
    if ((named ?? client.clientId) !== client.clientId) {
      throw invalidRequest("Parameter 'client_id' must name the client that authenticates.");
    }
    const authorizationDetails = askedDetails(details, this.config.current);
    const wanted = wantedAudience(sent, this.config.current);
    const asked = { scope, ...wanted, ...(authorizationDetails && { authorizationDetails }) };
    checkAsked(asked, client, this.config.current);
    const started = await this.devices.start(client, asked, new Date());
    const address = verificationAddress(this.config.current);
    return {
      device_code: started.deviceCode,
      user_code: started.userCode,
      verification_uri: address,
      verification_uri_complete: `${address}?user_code=${encodeURIComponent(started.userCode)}`,
      expires_in: started.expiresIn,
      interval: started.interval,
    };
  }
}
