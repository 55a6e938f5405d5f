import { Injectable } from '@nestjs/common';
import { requireAudience, requireScope } from '../../../clients/client-permissions.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { audienceParameter, scopeParameter, textParameter } from '../../../http/exchange/declared-parameters.js';
import { CLIENT_CREDENTIALS } from '../../../protocol/constants.js';
import { invalidGrant } from '../../../protocol/oauth-error.js';
import { allowedDetails } from '../../issuance/asked-details.js';
import { EMPTY_SESSION } from '../../issuance/grant-session.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import type { Authorization, Grant, TokenRequest } from './grant.js';
import { AccessWithoutGrant } from './access-without-grant.js';

/** RFC 6749 §4.4.2. */
const PARAMETERS = {
  ...{ scope: scopeParameter, audience: audienceParameter },
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
    const { audience } = parameters;
    const scope = this.scope(parameters.scope, client);
    requireAudience(client, audience);
    const authorizationDetails = allowedDetails(parameters.authorization_details, client, this.config.current);
    const session = authorizationDetails ? { ...EMPTY_SESSION, authorizationDetails } : EMPTY_SESSION;
    const access: AuthorizedAccess = { subject: client.clientId, scope, audience, session };
    return this.withoutGrant.authorization({ access, grantType: CLIENT_CREDENTIALS, client, now, proof });
  }

  private scope(wanted: string[], client: RegisteredClient): string[] {
    const { oauth2, strategies } = this.config.current;
    if (!wanted.length && oauth2.client_credentials.default_grant_allowed_scope) return [...client.scope];
    requireScope(client, wanted, strategies.scope);
    return wanted;
  }
}
