import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { Events } from '../../../events/events.js';
import { type Parsed, scopeParameter, textParameter } from '../../../http/exchange/declared-parameters.js';
import { OFFLINE_SCOPES, REFRESH_TOKEN, TOKEN_EXCHANGE } from '../../../protocol/constants.js';
import { invalidRequest, unauthorizedClient } from '../../../protocol/oauth-error.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import { ExchangedTokens } from '../../issuance/exchanged-tokens.js';
import { refreshExpiry } from '../../issuance/lifespans.js';
import type { ExchangedClaims } from '../../issuance/token-hook-payload.js';
import { AUDIENCE_PARAMETERS } from '../../issuance/wanted-audience.js';
import { ExchangedAccess, type Parties } from '../exchange/exchanged-access.js';
import { requireMayExchange } from '../exchange/may-exchange.js';
import { PresentedParties } from '../exchange/presented-parties.js';
import { refusedToken } from '../exchange/presented-party.js';
import { presentedToken, requestedType, TOKEN_TYPES } from '../exchange/token-types.js';
import type { Authorization, Grant, Issued, TokenRequest } from './grant.js';
import { TrustedAssertions } from './trusted-assertions.js';

/** RFC 8693 §2.1. */
const PARAMETERS = {
  ...{ subject_token: textParameter, subject_token_type: textParameter },
  ...{ actor_token: textParameter, actor_token_type: textParameter, requested_token_type: textParameter },
  ...{ scope: scopeParameter, ...AUDIENCE_PARAMETERS },
  authorization_details: textParameter, // RFC 9396 §6
};

type Asked = Parsed<typeof PARAMETERS>;

/** What is to be issued, after all checks. */
interface Order {
  parties: Parties;
  access: AuthorizedAccess;
  request: TokenRequest<typeof PARAMETERS>;
  client: RegisteredClient;
  asJwt: boolean;
  /** Whether a refresh token is issued too. */
  lasting: boolean;
}

/** RFC 8693: a client gets a token of its own for one that is meant for it, to act for the person elsewhere. */
@Injectable()
export class TokenExchangeGrant implements Grant<typeof PARAMETERS> {
  readonly grantType = TOKEN_EXCHANGE;
  readonly parameters = PARAMETERS;

  constructor(
    private readonly parties: PresentedParties,
    private readonly access: ExchangedAccess,
    private readonly tokens: ExchangedTokens,
    private readonly assertions: TrustedAssertions,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  async authorize(request: TokenRequest<typeof PARAMETERS>, client: RegisteredClient): Promise<Authorization> {
    if (client.isPublic)
      throw unauthorizedClient('A public client cannot prove who it is, so it may not exchange tokens.');
    const { parameters, now } = request;
    const type = requestedType(parameters.requested_token_type);
    const [subject, actor] = await this.parties.open(tokensOf(parameters), client, now);
    const parties = requireMayExchange({ subject, actor }, client, this.config.current.urls.self.issuer);
    const access = await this.access.of(parameters, parties, client);
    const lasting = mayLast(parties, parameters, client);
    if (type === TOKEN_TYPES.refreshToken && !lasting) throw noRefreshToken();
    const asJwt = type === TOKEN_TYPES.jwt;
    const order = { parties, access, request, client, asJwt, lasting };
    return {
      describe: () => Promise.resolve(access),
      issue: ({ session } = {}) => this.issue(session ? { ...order, access: { ...access, session } } : order),
      asJwt,
      exchanged: claimsOf(parties),
    };
  }

  /** The row is stored before an assertion is marked as used, and before the answer. */
  private async issue({ parties, access, request, client, asJwt, lasting }: Order): Promise<Issued> {
    const { subject, actor } = parties;
    const { now, proof } = request;
    const wish = { grantType: TOKEN_EXCHANGE, now, proof, latest: subject.expiresAt, asJwt };
    const refresh = lasting
      ? { expiresAt: refreshExpiry(this.config.current, client, TOKEN_EXCHANGE, now) }
      : undefined;
    const issued = await this.tokens.issue({ access, client, sources: subject.sources, wish, refresh });
    if (!issued) throw refusedToken('subject_token'); // revoked meanwhile
    for (const { assertion } of actor ? [subject, actor] : [subject]) {
      if (assertion) await this.assertions.spend(assertion, client, now);
    }
    this.report({ parties, access, client }, now);
    return { access, ...issued, issuedTokenType: asJwt ? TOKEN_TYPES.jwt : TOKEN_TYPES.accessToken };
  }

  private report({ parties, access, client }: Pick<Order, 'parties' | 'access' | 'client'>, at: Date): void {
    const { subject, grantId, session } = access;
    const about = { clientId: client.clientId, subject, grantId };
    const who = { subjectClient: parties.subject.clientId, actingSubject: session.act?.sub };
    this.events.publish({ type: 'token.exchanged', at, ...about, ...who });
  }
}

/** The tokens of the request: that of the subject, and that of the actor if there is one. @throws OAuthError invalid_request */
function tokensOf(sent: Asked) {
  const subject = presentedToken('subject_token', sent.subject_token, sent.subject_token_type);
  const { actor_token: actor, actor_token_type: type } = sent;
  return actor === undefined && type === undefined ? [subject] : [subject, presentedToken('actor_token', actor, type)];
}

/** A refresh token must be asked for, and the person must have granted one to whom the subject token was issued to. */
function mayLast({ subject }: Parties, asked: Asked, client: RegisteredClient): boolean {
  const isAsked =
    asked.requested_token_type === TOKEN_TYPES.refreshToken || asked.scope.some((one) => OFFLINE_SCOPES.includes(one));
  const isGranted =
    subject.grantId !== undefined && subject.scope?.some((one) => OFFLINE_SCOPES.includes(one)) === true;
  return isAsked && isGranted && client.mayUse(REFRESH_TOKEN);
}

const noRefreshToken = () =>
  invalidRequest(
    "There is no refresh token for it: the 'subject_token' needs the scope offline_access, and the client the grant type refresh_token.",
  );

function claimsOf({ subject, actor }: Parties): ExchangedClaims {
  return {
    subject_token: { claims: subject.claims, client_id: subject.clientId },
    ...(actor && { actor_token: { claims: actor.claims } }),
  };
}
