/** The discovery document (OpenID Connect Discovery §3, RFC 8414 §2). It reads the lists that the endpoints read. */
import { Injectable } from '@nestjs/common';
import { AUTHENTICATION_METHODS } from '../../clients/authentication/methods.js';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { KeySets } from '../../keys/key-sets.js';
import { ID_TOKEN_KEY_SET, OFFLINE_SCOPES, OPENID } from '../../protocol/constants.js';
import { RESPONSE_MODES } from '../authorize/response-modes/index.js';
import { RESPONSE_TYPES } from '../authorize/response-types/index.js';
import { ADVERTISED_GRANT_TYPES } from './advertised-grant-types.js';
import type { CredentialSupportedDraft00Dto, OidcConfigurationDto } from './discovery.dto.js';

const CREDENTIAL: CredentialSupportedDraft00Dto = {
  format: 'jwt_vc_json',
  types: ['VerifiableCredential', 'UserInfoCredential'],
  cryptographic_binding_methods_supported: ['jwk'],
  cryptographic_suites_supported: [
    ...['PS256', 'RS256', 'ES256', 'PS384', 'RS384', 'ES384', 'PS512', 'RS512', 'ES512', 'EdDSA'],
  ],
};

@Injectable()
export class DiscoveryService {
  constructor(
    private readonly keySets: KeySets,
    private readonly config: ConfigHolder,
  ) {}

  /** The algorithm that signs ID tokens now: the document changes with it. */
  algorithm(): Promise<string> {
    return this.keySets.algorithm(ID_TOKEN_KEY_SET);
  }

  document(algorithm: string): OidcConfigurationDto {
    const { current } = this.config;
    return { ...endpoints(current), ...abilities(current), ...algorithms(algorithm) };
  }
}

function endpoints({ urls, webfinger }: Configuration) {
  const over = webfinger.oidc_discovery;
  const issuer = urls.self.issuer.replace(/\/$/, '');
  const base = urls.self.public.replace(/\/$/, '');
  return {
    issuer: urls.self.issuer,
    authorization_endpoint: over.auth_url ?? `${base}/oauth2/auth`,
    token_endpoint: over.token_url ?? `${base}/oauth2/token`,
    jwks_uri: over.jwks_url ?? `${issuer}/.well-known/jwks.json`,
    userinfo_endpoint: over.userinfo_url ?? `${base}/userinfo`,
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    end_session_endpoint: `${issuer}/oauth2/sessions/logout`,
    device_authorization_endpoint: over.device_authorization_url ?? `${base}/oauth2/device/auth`,
    ...(over.client_registration_url ? { registration_endpoint: over.client_registration_url } : {}),
    credentials_endpoint_draft_00: over.verifiable_credentials_url ?? `${base}/credentials`,
  };
}

function abilities({ oidc, webfinger }: Configuration) {
  return {
    response_types_supported: [...RESPONSE_TYPES],
    response_modes_supported: [...RESPONSE_MODES],
    grant_types_supported: [...ADVERTISED_GRANT_TYPES],
    subject_types_supported: oidc.subject_identifiers.supported_types,
    scopes_supported: [...OFFLINE_SCOPES.toReversed(), OPENID, ...webfinger.oidc_discovery.supported_scope],
    claims_supported: ['sub', ...webfinger.oidc_discovery.supported_claims],
    token_endpoint_auth_methods_supported: [...AUTHENTICATION_METHODS],
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    claims_parameter_supported: false,
    // `plain` is listed as the reference lists it; a request with it is refused (RFC 9700 §2.1.1).
    code_challenge_methods_supported: ['plain', 'S256'],
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    credentials_supported_draft_00: [CREDENTIAL],
    authorization_response_iss_parameter_supported: true,
  };
}

function algorithms(algorithm: string) {
  return {
    id_token_signing_alg_values_supported: [algorithm],
    id_token_signed_response_alg: [algorithm],
    userinfo_signed_response_alg: [algorithm],
    userinfo_signing_alg_values_supported: ['none', algorithm],
    request_object_signing_alg_values_supported: ['none', 'RS256', 'ES256'],
  };
}
