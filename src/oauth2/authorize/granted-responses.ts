import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Granted } from '../../consent/consents/granted.js';
import type { GrantedInteraction, EndedBasis } from '../../consent/interaction/interaction.js';
import type { Reply } from '../../http/replies/reply.js';
import { OPENID } from '../../protocol/constants.js';
import { unsupportedResponseType } from '../../protocol/oauth-error.js';
import { type AuthorizationDraft, AuthorizationIssuance } from '../issuance/authorization-issuance.js';
import type { RequestedTokens } from '../issuance/front-channel-tokens.js';
import { AuthorizationResponses } from './authorization-responses.js';
import type { ResponseParameters } from './response-modes/response-mode.js';
import { responseTypesOf } from './response-types/index.js';

/** The end of a successful flow: issues the tokens of the response type and sends them to the client. */
@Injectable()
export class GrantedResponses {
  constructor(
    private readonly issuance: AuthorizationIssuance,
    private readonly responses: AuthorizationResponses,
  ) {}

  /** Drafts the tokens to issue. @throws OAuthError, which is sent to the client */
  draft(granted: Granted, client: RegisteredClient): AuthorizationDraft {
    return this.issuance.draft(granted, client, new Date(), requestedTokens(granted));
  }

  /**
   * @param drafted the draft with which the flow ended; undefined if it had ended before
   * @throws OAuthError, which is sent to the client; errors of the stores, after which the request can be repeated
   * @throws StaleClient, UnusableRequestUri
   */
  async answer(
    { granted, cookies }: GrantedInteraction,
    client: RegisteredClient,
    drafted: AuthorizationDraft | undefined,
  ): Promise<Reply | EndedBasis> {
    const words = granted.request.responseTypes;
    const draft = drafted ?? this.draft(granted, client);
    const write = await this.responses.prepare({ client, target: granted.request });
    if (!drafted) await this.issuance.keep(draft);
    const issued = await this.issuance.issue(granted, client, draft);
    if (typeof issued === 'string') return issued;
    const parameters: ResponseParameters = {};
    for (const type of responseTypesOf(words)) Object.assign(parameters, type.parameters({ words, granted, issued }));
    return write(parameters, cookies);
  }
}

/** OpenID Connect Core §3.1.2.1: without the scope openid no ID token is issued, whatever the response type says. */
function requestedTokens({ request, grantedScope }: Granted): RequestedTokens {
  const asked = (word: string): boolean => request.responseTypes.includes(word);
  const wanted = {
    code: asked('code'),
    accessToken: asked('token'),
    idToken: asked('id_token') && grantedScope.includes(OPENID),
  };
  if (wanted.code || wanted.accessToken || wanted.idToken) return wanted;
  throw unsupportedResponseType("An ID token needs the scope 'openid', which was not granted.");
}
