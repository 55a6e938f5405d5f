import type { RegisteredClient } from '../../../clients/registered-client.js';
import type { ParameterDeclaration, Parsed } from '../../../http/exchange/declared-parameters.js';
import type { RequestTiming } from '../../../http/exchange/request-timing.js';
import type { AccessTokenDraft } from '../../issuance/access-token-draft.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import type { SenderProof } from '../../sender-constraint/sender-proof.js';
import type { AccessChanges } from '../../issuance/narrowing.js';
import type { ExchangedClaims } from '../../issuance/token-hook-payload.js';

/** A token request whose client has been authenticated. */
export interface TokenRequest<D extends ParameterDeclaration = ParameterDeclaration> {
  readonly parameters: Parsed<D>;
  readonly timing: RequestTiming;
  readonly now: Date;
  /** What the request proves about its sender: it binds the tokens. */
  readonly proof?: SenderProof;
}

/**
 * A grant type of the token endpoint. It determines the authorized access (lookup, client, redirect URI, PKCE, scopes); a
 * failed attempt spends nothing. Steps that are common to all grants belong to the pipeline in TokenService.
 */
export interface Grant<D extends ParameterDeclaration = ParameterDeclaration> {
  readonly grantType: string;
  /** The parameters that it reads from the form. */
  readonly parameters: D;
  /** Whether a request may have no client, which is then NO_CLIENT. Client authentication that is sent is still checked. */
  readonly clientIsOptional?: boolean;
  /** Whether the client may be one that has no row yet: it begins the grant itself, before anybody has consented. */
  readonly clientMayBeNew?: boolean;
  /** Whether a request may ask for a part of what was granted before (see NARROWINGS). */
  readonly mayNarrow?: boolean;
  /** @throws OAuthError if the request proves no authorization */
  authorize(request: TokenRequest<D>, client: RegisteredClient): Authorization | Promise<Authorization>;
}

/** A checked authorization whose credential is not spent yet. */
export interface Authorization {
  /** Reads the access without spending the credential, for a hook, which needs it before. */
  describe(): Promise<AuthorizedAccess>;
  /**
   * Spends the credential and issues the tokens, in one statement.
   * @param changes what a hook changed, and what the request narrowed
   * @throws OAuthError if the credential was spent or revoked meanwhile
   * @throws StaleClient if the client changed meanwhile
   */
  issue(changes?: AccessChanges): Promise<Issued>;
  /** The lifespan in seconds; undefined if the grant yields no ID token. */
  readonly idTokenLifespan?: number;
  /** Whether the access token is a JWT whatever the client registered. */
  readonly asJwt?: boolean;
  /** The tokens that are exchanged, for a hook. */
  readonly exchanged?: ExchangedClaims;
}

export interface Issued {
  access: AuthorizedAccess;
  accessToken: AccessTokenDraft;
  refreshToken?: string;
  /** RFC 8693 §2.2.1. */
  issuedTokenType?: string;
}

/** The grants that exist in the present configuration. */
export interface EnabledGrants {
  get(grantType: string): Grant | undefined;
  types(): string[];
}

/** Provider token of EnabledGrants. */
export const GRANTS = Symbol('GRANTS');
