/** The discovery members for client authentication methods and signature algorithms. */
import { ASSERTION_ALGORITHMS } from '../../clients/authentication/assertion-algorithms.js';
import { authenticationMethods } from '../../clients/authentication/methods.js';
import type { Configuration } from '../../config/configuration.js';
import { SIGNING_ALGORITHMS } from '../../keys/algorithms.js';

export function authenticationMembers({ oauth2 }: Configuration) {
  const methods = authenticationMethods({ oauth2 });
  return {
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    ...(oauth2.introspection.public && {
      // Introspection requires authentication: otherwise anybody could scan for tokens.
      introspection_endpoint_auth_methods_supported: methods.filter((method) => method !== 'none'),
      introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    }),
  };
}

/** @param ours the algorithms of this server's keys: clients may register for each of them */
export function signatureMembers(ours: readonly string[], { oauth2, oidc }: Configuration) {
  const { require_signed, signing_algs } = oauth2.request_objects;
  return {
    id_token_signing_alg_values_supported: ours,
    userinfo_signing_alg_values_supported: ['none', ...ours],
    request_object_signing_alg_values_supported: signing_algs ?? ['none', ...SIGNING_ALGORITHMS],
    ...(oauth2.jarm.enabled && { authorization_signing_alg_values_supported: ours }), // JARM §4
    ...(oauth2.dpop.enabled && { dpop_signing_alg_values_supported: oauth2.dpop.signing_algs }), // RFC 9449 §5.1
    ...(oauth2.introspection.jwt && { introspection_signing_alg_values_supported: ours }), // RFC 9701 §7
    // CIBA Core §4
    ...(oidc.ciba.enabled && { backchannel_authentication_request_signing_alg_values_supported: SIGNING_ALGORITHMS }),
    ...(require_signed && { require_signed_request_object: true }), // RFC 9101 §10.5
    // These are no members of server metadata, but the SDKs of Hydra refuse a document without them.
    id_token_signed_response_alg: ours,
    userinfo_signed_response_alg: ours,
  };
}
