/**
 * The metadata document of a client: RFC 7591 names (and the reference's own), stored as one JSON value beside the
 * indexed columns, so that a new field needs no migration. Absent members have the value of EMPTY_METADATA.
 */
import type { JSONWebKeySet } from 'jose';
import { deepFreeze } from '../config/tree.js';

export interface ClientMetadata extends Partial<Record<LifespanName, number>> {
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
  jwks_uri?: string;
  jwks?: JSONWebKeySet;
  token_endpoint_auth_method: string;
  token_endpoint_auth_signing_alg?: string;
  request_uris: string[];
  request_object_signing_alg?: string;
  userinfo_signed_response_alg: 'none' | 'RS256';
  frontchannel_logout_uri?: string;
  frontchannel_logout_session_required: boolean;
  backchannel_logout_uri?: string;
  backchannel_logout_session_required: boolean;
  post_logout_redirect_uris: string[];
  /** Whatever JSON the operator keeps with the client. */
  metadata: unknown;
  access_token_strategy?: 'opaque' | 'jwt';
  skip_consent: boolean;
  skip_logout_consent: boolean | null;
  /** Registered by a stranger: its URLs are never fetched from private addresses. */
  dynamically_registered?: boolean;
}

/**
 * What a client has that was registered without any field: the reader's defaults. A member like these is not stored, so a
 * value that changes here changes every client that has it: write the old value into the rows (a migration) before.
 * Defaults of the configuration are no part of it: what they were when a client was written is stored, where it differs
 * from the value here. Clients share these values, so nobody may change one in place.
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

/** Stored in seconds (fractions allowed), on the wire a duration such as `1h0m0s`. */
export type LifespanName = (typeof LIFESPAN_NAMES)[number];
