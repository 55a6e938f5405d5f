import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { firstRefusedAudience, parseAudience } from '../../../protocol/audience.js';
import { CLIENT_CREDENTIALS } from '../../../protocol/constants.js';
import { invalidGrant, invalidRequest, invalidScope } from '../../../protocol/oauth-error.js';
import { firstRefusedScope, splitWords } from '../../../protocol/scope.js';
import type { FormParams } from '../../../http/form-params.js';
import { AccessTokens } from '../../issuance/access-tokens.js';
import { EMPTY_SESSION } from '../../issuance/grant-session.js';
import { lifespan } from '../../issuance/lifespans.js';
import type { Right } from '../../issuance/right.js';
import type { Authorization, Grant, Issued, TokenRequest } from './grant.js';

/** RFC 6749 §4.4: the client acts for itself. No refresh token, no ID token. */
@Injectable()
export class ClientCredentialsGrant implements Grant {
  readonly grantType = CLIENT_CREDENTIALS;

  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly config: ConfigHolder,
  ) {}

  authorize({ form, now }: TokenRequest, client: RegisteredClient): Promise<Authorization> {
    if (client.isPublic)
      throw invalidGrant('A public client cannot prove who it is. Use a client with a secret or a key.');
    const right: Right = {
      subject: client.clientId,
      scope: this.scope(form, client),
      audience: this.audience(form, client),
      session: EMPTY_SESSION,
    };
    return Promise.resolve({
      describe: () => Promise.resolve(right),
      issue: (session) => this.issue(session ? { ...right, session } : right, client, now),
    });
  }

  private scope(form: FormParams, client: RegisteredClient): string[] {
    const { oauth2, strategies } = this.config.current;
    const wanted = splitWords(form.first('scope'));
    if (!wanted.length && oauth2.client_credentials.default_grant_allowed_scope) return [...client.scope];
    const refused = firstRefusedScope(strategies.scope, client.scope, wanted);
    if (refused) throw invalidScope(`The OAuth 2.0 Client is not allowed to request scope '${refused}'.`);
    return wanted;
  }

  private audience(form: FormParams, client: RegisteredClient): string[] {
    const wanted = parseAudience(form.all('audience'));
    const refused = firstRefusedAudience(client.audience, wanted);
    if (refused) throw invalidRequest(`Requested audience '${refused}' is not registered for the OAuth 2.0 Client.`);
    return wanted;
  }

  private async issue(right: Right, client: RegisteredClient, now: Date): Promise<Issued> {
    const { current } = this.config;
    const seconds = lifespan(current, client, CLIENT_CREDENTIALS, 'access_token') ?? current.ttl.access_token;
    const accessToken = this.accessTokens.draft(client, now, seconds);
    await this.accessTokens.issueWithoutGrant(accessToken, client, right);
    return { right, accessToken };
  }
}
