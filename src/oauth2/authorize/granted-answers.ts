import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Granted } from '../../consent/granted.js';
import type { GrantedInteraction } from '../../consent/interaction.js';
import type { Reply } from '../../http/exchange.js';
import { OPENID } from '../../protocol/constants.js';
import { unsupportedResponseType } from '../../protocol/oauth-error.js';
import { type AuthorizationDraft, AuthorizationIssuance } from '../issuance/authorization-issuance.js';
import type { Wanted } from '../issuance/front-channel-tokens.js';
import { ClientAnswers } from './client-answers.js';
import type { ResponseParameters } from './response-modes/response-mode.js';
import { responseTypesOf } from './response-types/index.js';

/** The end of a walk that succeeded: issues what the response type asks for and hands it to the client. */
@Injectable()
export class GrantedAnswers {
  constructor(
    private readonly issuance: AuthorizationIssuance,
    private readonly answers: ClientAnswers,
  ) {}

  /** What will be issued. @throws OAuthError, which goes to the client */
  draft(granted: Granted, client: RegisteredClient): AuthorizationDraft {
    return this.issuance.draft(granted, client, new Date(), wantedBy(granted));
  }

  /**
   * @param drafted what the flow ended with; undefined where it had ended before
   * @throws OAuthError, which goes to the client; the errors of the stores, after which the same visit can be repeated
   * @throws StaleClient
   */
  async answer(
    { granted, cookies }: GrantedInteraction,
    client: RegisteredClient,
    drafted: AuthorizationDraft | undefined,
  ): Promise<Reply | 'session ended'> {
    const words = granted.request.responseTypes;
    const draft = drafted ?? this.draft(granted, client);
    if (!drafted) await this.issuance.keep(draft);
    const issued = await this.issuance.issue(granted, client, draft);
    if (issued === 'session ended') return issued;
    const parameters: ResponseParameters = {};
    for (const type of responseTypesOf(words)) Object.assign(parameters, type.parameters({ words, granted, issued }));
    return this.answers.answer(granted.request, parameters, cookies);
  }
}

/** OpenID Connect Core §3.1.2.1: without the scope openid there is no ID token, whatever the response type says. */
function wantedBy({ request, grantedScope }: Granted): Wanted {
  const asked = (word: string): boolean => request.responseTypes.includes(word);
  const wanted = {
    code: asked('code'),
    accessToken: asked('token'),
    idToken: asked('id_token') && grantedScope.includes(OPENID),
  };
  if (wanted.code || wanted.accessToken || wanted.idToken) return wanted;
  throw unsupportedResponseType("An ID token needs the scope 'openid', which was not granted.");
}
