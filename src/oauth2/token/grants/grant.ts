import type { RegisteredClient } from '../../../clients/registered-client.js';
import type { FormParams } from '../../../http/form-params.js';
import type { AccessTokenDraft } from '../../issuance/access-token-draft.js';
import type { GrantSession } from '../../issuance/grant-session.js';
import type { Right } from '../../issuance/right.js';

/** A token request whose client has been authenticated. */
export interface TokenRequest {
  readonly form: FormParams;
  readonly arrivedAt: Date;
  readonly now: Date;
}

/**
 * A grant type of the token endpoint: it proves the right (find, client, redirect URI, PKCE, scopes), and a failed attempt
 * spends nothing. What is common to all grants belongs to the pipeline in TokenService.
 */
export interface Grant {
  readonly grantType: string;
  /** @throws OAuthError where the request proves no right */
  authorize(request: TokenRequest, client: RegisteredClient): Promise<Authorization>;
}

/** A proven right that is not spent yet. */
export interface Authorization {
  /** The right, read without spending it: for a hook, which must know it before. */
  describe(): Promise<Right>;
  /**
   * Claims the right and issues, in one statement.
   * @param session what a hook made of the session
   * @throws OAuthError where the right was spent or ended meanwhile
   * @throws StaleClient where the client changed meanwhile
   */
  issue(session?: GrantSession): Promise<Issued>;
  /** Seconds; undefined where the grant yields no ID token. */
  readonly idTokenLifespan?: number;
}

export interface Issued {
  right: Right;
  accessToken: AccessTokenDraft;
  refreshToken?: string;
}

/** Provider token of the map from grant type to grant. */
export const GRANTS = Symbol('GRANTS');
