import { unauthorizedClient } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';

/**
 * RFC 9449 §5.2, RFC 8705 §3: a token that comes through the browser is bound to nothing, because neither a proof nor the
 * certificate of the client can be there.
 */
export const checkBoundTokens: ClientCheck = ({ client: { metadata }, responseTypes }, { oauth2 }) => {
  if (!responseTypes.includes('token')) return;
  const bound = [
    ...(oauth2.dpop.enabled ? (['dpop_bound_access_tokens'] as const) : []),
    ...(oauth2.mtls.enabled ? (['tls_client_certificate_bound_access_tokens'] as const) : []),
  ].find((name) => metadata[name] === true);
  if (bound === undefined) return;
  throw unauthorizedClient(`The client registered ${bound}: leave 'token' out of 'response_type'.`);
};
