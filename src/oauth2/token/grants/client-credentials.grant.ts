import { Injectable } from '@nestjs/common';
import { requireScope } from '../../../clients/client-permissions.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { scopeParameter, textParameter } from '../../../http/exchange/declared-parameters.js';
import { CLIENT_CREDENTIALS } from '../../../protocol/constants.js';
import { invalidGrant } from '../../../protocol/oauth-error.js';
import { allowedDetails } from '../../issuance/asked-details.js';
import { EMPTY_SESSION } from '../../issuance/grant-session.js';
import { allowedAudience, AUDIENCE_PARAMETERS, requireLocations } from '../../issuance/wanted-audience.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import type { Authorization, Grant, TokenRequest } from './grant.js';
import { AccessWithoutGrant } from './access-without-grant.js';

/** RFC 6749 §4.4.2. */
const PARAMETERS = {
  ...{ scope: scopeParameter, ...AUDIENCE_PARAMETERS },
  authorization_details: textParameter, // RFC 9396 §6
};

/** RFC 6749 §4.4: the client acts for itself. It gets no refresh token and no ID token. */
@Injectable()
export class ClientCredentialsGrant implements Grant<typeof PARAMETERS> {
  readonly grantType = CLIENT_CREDENTIALS;
  readonly parameters = PARAMETERS;

  constructor(
    private readonly withoutGrant: AccessWithoutGrant,
    private readonly config: ConfigHolder,
  ) {}

  authorize({ parameters, now, proof }: TokenRequest<typeof PARAMETERS>, client: RegisteredClient): Authorization {
    if (client.isPublic)
      throw invalidGrant('A public client cannot prove who it is. Use a client with a secret or a key.');
    const scope = this.scope(parameters.scope, client);
    const wanted = allowedAudience(parameters, client, this.config.current);
    const authorizationDetails = allowedDetails(parameters.authorization_details, client, this.config.current);
    requireLocations(authorizationDetails, wanted);
    const session = authorizationDetails ? { ...EMPTY_SESSION, authorizationDetails } : EMPTY_SESSION;
    const access: AuthorizedAccess = { subject: client.clientId, scope, audience: wanted.audience, session };
    return this.withoutGrant.authorization({ access, grantType: CLIENT_CREDENTIALS, client, now, proof });
  }

  private scope(wanted: string[], client: RegisteredClient): string[] {
    const { oauth2, strategies } = this.config.current;
    if (!wanted.length && oauth2.client_credentials.default_grant_allowed_scope) return [...client.scope];
    requireScope(client, wanted, strategies.scope);
    return wanted;
  }
}
