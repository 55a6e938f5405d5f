import { invalidRequest, type OAuthError } from '../../../protocol/oauth-error.js';
import type { Actor } from '../../../protocol/actors.js';
import type { JsonObject, JsonValue } from '../../../protocol/json.js';
import type { GrantSession } from '../../issuance/grant-session.js';
import type { TokenSources } from '../../issuance/token-sources.js';
import type { TrustedAssertion } from '../grants/trusted-assertions.js';
import type { PresentedToken } from './token-types.js';

/** What a proven token of the request says, whatever its kind. */
export interface PresentedParty {
  subject: string;
  /** The `iss` of the token. */
  issuer: string;
  /** The client that it was issued to; undefined if it belongs to none of this server. */
  clientId?: string;
  audience: readonly string[];
  /** Undefined if tokens of its kind have no scope. */
  scope?: readonly string[];
  expiresAt: Date;
  /** Of it the exchanged token takes over the login, the details and the claims of the access token. */
  session: GrantSession;
  /** The claim `act`. */
  act?: Actor;
  /** The claim `may_act`, as it is; undefined if there is none. */
  mayAct?: JsonValue;
  grantId?: string;
  consentId?: string;
  sources: TokenSources;
  /** For the hook. */
  claims: JsonObject;
  /** The assertion of another issuer, which is spent at the end. */
  assertion?: TrustedAssertion;
}

/** A proven token, or why it is refused. */
export type Opened = PresentedParty | OAuthError;

/**
 * RFC 8693 §2.2.2. One text for all: a client must not learn which tokens of others exist.
 */
export function refusedToken(name: PresentedToken['name'], cause?: unknown): OAuthError {
  const hint = `The '${name}' is unknown, expired, revoked or of another type than it says, or it is not meant for this client.`;
  return invalidRequest(hint, cause);
}
