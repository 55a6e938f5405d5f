import { Injectable } from '@nestjs/common';
import { ClientAuthentication } from '../../clients/authentication/client-authentication.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { errorReply } from '../../http/error-reply.js';
import type { Exchange, Reply } from '../../http/exchange.js';
import type { FormParams } from '../../http/form-params.js';
import { jsonReply, noStore } from '../../http/replies.js';
import { parseAudience } from '../../protocol/audience.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { splitWords } from '../../protocol/scope.js';
import { DeviceAuthorizations } from '../issuance/device-authorizations.js';
import { checkAsked } from './check-asked.js';
import type { DeviceAuthorizationDto } from './device.dto.js';
import { verificationAddress } from './verification-address.js';

/** POST /oauth2/device/auth (RFC 8628 §3.1): a device gets its codes. */
@Injectable()
export class DeviceAuthorizationEndpoint {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly devices: DeviceAuthorizations,
    private readonly config: ConfigHolder,
  ) {}

  async handle(exchange: Exchange): Promise<Reply> {
    try {
      const form = await exchange.form();
      const client = await this.authentication.authenticate(exchange, form);
      return noStore(jsonReply(200, await this.start(form, client)));
    } catch (error) {
      return noStore(errorReply(error, exchange));
    }
  }

  private async start(form: FormParams, client: RegisteredClient): Promise<DeviceAuthorizationDto> {
    // RFC 8628 §3.1: client_id is a parameter of the request, whatever the client authenticates with.
    if (form.first('client_id') !== client.clientId) {
      throw invalidRequest("Parameter 'client_id' must be in the body and name the client that authenticates.");
    }
    const asked = { scope: splitWords(form.first('scope')), audience: parseAudience(form.all('audience')) };
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
