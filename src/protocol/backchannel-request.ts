import type { AuthorizationDetail } from './authorization-details.js';
import type { RequestedClaims } from './requested-claims.js';

/**
 * A validated backchannel authentication request as plain data (CIBA Core §7.1): `oauth2/ciba` has checked it, and the flow
 * store keeps it until the person has answered.
 */
export interface BackchannelRequest {
  clientId: string;
  scope: string[];
  audience: string[];
  /** Those of them that came as `resource` (RFC 8707). Absent if there are none. */
  resources?: string[];
  /** RFC 9396 §2. Absent if the request asked for none. */
  authorizationDetails?: AuthorizationDetail[];
  /** OpenID Connect Core §5.5. Absent if the request had none, or the server does not support them. */
  requestedClaims?: RequestedClaims;
  acrValues: string[];
  /** Whom it is for: exactly one of the three. */
  loginHint?: string;
  /** The verified claims of the hint. */
  idTokenHintClaims?: Record<string, unknown>;
  /** What it says is for the operator's app alone to judge. */
  loginHintToken?: string;
  /** Shown on both devices, so that the person sees that they belong together. */
  bindingMessage?: string;
  /** What only the person knows; the operator's app judges it. */
  userCode?: string;
  /** The address of the endpoint. */
  requestUrl: string;
}
