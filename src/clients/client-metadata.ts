/**
 * The metadata document of a client: RFC 7591 names (and Hydra's own), stored as one JSON value beside the indexed columns,
 * so that a new field needs no migration. Absent members have the value of EMPTY_METADATA.
 */
import type { JSONWebKeySet } from 'jose';
import { deepFreeze } from '../config/deep-freeze.js';
import type { SigningAlgorithm } from '../keys/algorithms.js';
import type { SecurityProfile } from './security-profile/security-profile.js';

export interface ClientMetadata extends Partial<Record<LifespanName, number> & Record<EncryptionName, string>> {
  redirect_uris: string[];
  grant_types: string[];
  response_types: string[];
  scope: string;
  audience: string[];
  policy_uri: string;
  tos_uri: string;
  logo_uri: string;
  client_uri: string;
  allowed_cors_origins: string[];
  contacts: string[];
  subject_type: 'public' | 'pairwise';
  sector_identifier_uri?: string;
  initiate_login_uri?: string;
  jwks_uri?: string;
  jwks?: JSONWebKeySet;
  /** OpenID Connect Registration §2. Absent: any redirect URI that is well formed. */
  application_type?: string;
  token_endpoint_auth_method: string;
  token_endpoint_auth_signing_alg?: string;
  /** RFC 8705 §2.1.2: with `tls_client_auth` a client has exactly one of these. */
  tls_client_auth_subject_dn?: string;
  tls_client_auth_san_dns?: string;
  tls_client_auth_san_uri?: string;
  tls_client_auth_san_ip?: string;
  tls_client_auth_san_email?: string;
  /** RFC 8705 §3.4. */
  tls_client_certificate_bound_access_tokens?: boolean;
  /** RFC 8705 §5: a note of the client for itself. */
  use_mtls_endpoint_aliases?: boolean;
  request_uris: string[];
  request_object_signing_alg?: string;
  /** RFC 9101 §10.5. */
  require_signed_request_object?: boolean;
  /** In seconds (OpenID Connect Registration §2). */
  default_max_age?: number;
  default_acr_values?: string[];
  require_auth_time?: boolean;
  /** RFC 9126 §6. */
  require_pushed_authorization_requests?: boolean;
  /** RFC 9396 §10. Absent: see `requireAuthorizationDetails`. */
  authorization_details_types?: string[];
  /** RFC 9449 §5.2. */
  dpop_bound_access_tokens?: boolean;
  /** FAPI 2.0: the rules that hold for the client, beside those of the server. */
  security_profile?: SecurityProfile;
  /** Absent: ID tokens are signed with the newest key. */
  id_token_signed_response_alg?: SigningAlgorithm;
  userinfo_signed_response_alg: 'none' | SigningAlgorithm;
  /** JARM §3. Absent: RS256. */
  authorization_signed_response_alg?: SigningAlgorithm;
  /** RFC 9701 §6. Absent: RS256. */
  introspection_signed_response_alg?: SigningAlgorithm;
  frontchannel_logout_uri?: string;
  frontchannel_logout_session_required: boolean;
  backchannel_logout_uri?: string;
  backchannel_logout_session_required: boolean;
  /** CIBA Core §4. Absent: poll. */
  backchannel_token_delivery_mode?: string;
  backchannel_client_notification_endpoint?: string;
  /** Absent: the client signs no such requests. */
  backchannel_authentication_request_signing_alg?: string;
  backchannel_user_code_parameter?: boolean;
  post_logout_redirect_uris: string[];
  /** Any JSON that the operator keeps with the client. */
  metadata: unknown;
  access_token_strategy?: 'opaque' | 'jwt';
  skip_consent: boolean;
  skip_logout_consent: boolean | null;
  /** Registered by a stranger: its URLs are never fetched from private addresses. */
  dynamically_registered?: boolean;
  /** For such a client: an administrator has set its permissions since, and it cannot give itself more. */
  administered?: boolean;
}

/** Whether an administrator set the permissions of the client. */
export function isAdministered({ dynamically_registered: self, administered }: ClientMetadata): boolean {
  return !self || administered === true;
}

/**
 * The metadata of a client that was registered without any field, which readers use as defaults. A member with such a value
 * is not stored, so changing a value here changes every client that has it: a migration must first write the old value into
 * the rows. Defaults of the configuration are not in here: the value in force when a client is written is stored, where it
 * differs from the one here. Clients share these objects, so they must not be changed in place.
 */
export const EMPTY_METADATA: Readonly<ClientMetadata> = deepFreeze({
  redirect_uris: [],
  grant_types: [],
  response_types: [],
  scope: '',
  audience: [],
  policy_uri: '',
  tos_uri: '',
  logo_uri: '',
  client_uri: '',
  allowed_cors_origins: [],
  contacts: [],
  subject_type: 'public',
  token_endpoint_auth_method: 'client_secret_basic',
  request_uris: [],
  userinfo_signed_response_alg: 'none',
  frontchannel_logout_session_required: false,
  backchannel_logout_session_required: false,
  post_logout_redirect_uris: [],
  metadata: {},
  skip_consent: false,
  skip_logout_consent: null,
});

export const LIFESPAN_NAMES = [
  'authorization_code_grant_access_token_lifespan',
  'authorization_code_grant_id_token_lifespan',
  'authorization_code_grant_refresh_token_lifespan',
  'client_credentials_grant_access_token_lifespan',
  'implicit_grant_access_token_lifespan',
  'implicit_grant_id_token_lifespan',
  'jwt_bearer_grant_access_token_lifespan',
  'refresh_token_grant_access_token_lifespan',
  'refresh_token_grant_id_token_lifespan',
  'refresh_token_grant_refresh_token_lifespan',
  'device_authorization_grant_access_token_lifespan',
  'device_authorization_grant_id_token_lifespan',
  'device_authorization_grant_refresh_token_lifespan',
] as const;

/** Stored in seconds (fractions allowed); in documents a duration such as `1h0m0s`. */
export type LifespanName = (typeof LIFESPAN_NAMES)[number];

/** The responses that a client may have encrypted, by the beginning of the names of its members. */
export const ENCRYPTED_RESPONSES = ['id_token', 'userinfo', 'authorization', 'introspection'] as const;

export type EncryptedResponse = (typeof ENCRYPTED_RESPONSES)[number];

/** Members without their ending `alg` or `enc` (OpenID Connect Registration §2, JARM §3, RFC 9701 §6). */
export const ENCRYPTIONS = [
  ...ENCRYPTED_RESPONSES.map((response) => `${response}_encrypted_response` as const),
  'request_object_encryption',
] as const;

export type EncryptionName = `${(typeof ENCRYPTIONS)[number]}_${'alg' | 'enc'}`;

export const ENCRYPTION_NAMES: readonly EncryptionName[] = ENCRYPTIONS.flatMap(
  (name) => [`${name}_alg`, `${name}_enc`] as const,
);
