/** The discovery document (OpenID Connect Discovery §3, RFC 8414 §2). It uses the same lists as the endpoints. */
import { Injectable } from '@nestjs/common';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { KeySets } from '../../keys/key-sets.js';
import { ID_TOKEN_KEY_SET, IMPLICIT, OFFLINE_SCOPES, OPENID } from '../../protocol/constants.js';
import { responseModes } from '../authorize/response-modes/index.js';
import { RESPONSE_TYPES } from '../authorize/response-types/index.js';
import { grantTypes } from '../token/grants/index.js';
import { authenticationMembers, signatureMembers } from './algorithm-members.js';
import type { CredentialSupportedDraft00Dto, OidcConfigurationDto } from './discovery.dto.js';
import { encryptionMembers } from './encryption-members.js';
import { endpointMembers } from './endpoint-members.js';
import { mutualTlsMembers } from './mutual-tls-members.js';
import { underProfile } from './profile-members.js';

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

  /** The algorithms that ID tokens are signed with. The document depends on them. */
  algorithms(): Promise<readonly string[]> {
    return this.keySets.algorithms(ID_TOKEN_KEY_SET);
  }

  /** The document. Each list contains a value once. */
  document(algorithms: readonly string[]): OidcConfigurationDto {
    const { current } = this.config;
    const members = {
      ...endpointMembers(current),
      ...abilities(current),
      ...authenticationMembers(current),
      ...signatureMembers(algorithms, current),
      ...encryptionMembers(current),
      ...mutualTlsMembers(current),
    };
    return withoutDuplicates(underProfile(members, current));
  }
}

function abilities(configuration: Configuration) {
  const { oauth2, oidc, webfinger } = configuration;
  const {
    authorization_details: { types },
    step_up,
  } = oauth2;
  return {
    ...(types.length > 0 && { authorization_details_types_supported: types.map(({ type }) => type) }), // RFC 9396 §10
    response_types_supported: [...RESPONSE_TYPES],
    response_modes_supported: [...responseModes(configuration)],
    grant_types_supported: [...grantTypes(configuration), IMPLICIT], // the authorization endpoint serves the implicit grant
    subject_types_supported: oidc.subject_identifiers.supported_types,
    scopes_supported: [...OFFLINE_SCOPES.toReversed(), OPENID, ...webfinger.oidc_discovery.supported_scope],
    claims_supported: ['sub', ...webfinger.oidc_discovery.supported_claims],
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    claims_parameter_supported: oidc.claims_parameter.enabled,
    ...(step_up.enabled && step_up.acr_values.length > 0 && { acr_values_supported: step_up.acr_values }),
    // `plain` is listed because Hydra lists it; a request with it is refused (RFC 9700 §2.1.1).
    code_challenge_methods_supported: ['plain', 'S256'],
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    credentials_supported_draft_00: [CREDENTIAL],
    authorization_response_iss_parameter_supported: true,
  };
}

type Mutable<V> = V extends readonly (infer Element)[] ? Element[] : V;

function withoutDuplicates<T extends object>(members: T): { [Name in keyof T]: Mutable<T[Name]> } {
  const once = (value: unknown): unknown => (Array.isArray(value) ? [...new Set(value as unknown[])] : value);
  const entries = Object.entries(members).map(([name, value]) => [name, once(value)] as const);
  return Object.fromEntries(entries) as { [Name in keyof T]: Mutable<T[Name]> };
}
