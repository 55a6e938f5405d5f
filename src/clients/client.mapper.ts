/** Converts between the document of a client and its stored form. */
import { withoutTrailingSlashes } from '../protocol/trailing-slashes.js';
import type { Configuration } from '../config/configuration.js';
import { formatDuration, parseDuration } from '../protocol/duration.js';
import type { ClientEntity } from './client.entity.js';
import { OAuth2ClientDto, type OAuth2ClientTokenLifespansDto } from './client.dto.js';
import {
  type ClientMetadata,
  EMPTY_METADATA,
  ENCRYPTION_NAMES,
  LIFESPAN_NAMES,
  type LifespanName,
} from './client-metadata.js';
import { hostOf } from './metadata-documents/document-address.js';
import type { RegisteredClient } from './registered-client.js';
import { defaultSubjectType } from './registration-rules/subject-type.js';

type DocumentColumns = Pick<
  ClientEntity,
  'clientId' | 'name' | 'owner' | 'documentFetchedAt' | 'createdAt' | 'updatedAt'
>;

/** Fields that every document shows, empty or not. */
const ALWAYS_SHOWN = [
  ...(['redirect_uris', 'grant_types', 'response_types', 'scope', 'audience', 'contacts'] as const),
  ...(['policy_uri', 'tos_uri', 'logo_uri', 'client_uri', 'allowed_cors_origins', 'subject_type'] as const),
  ...(['token_endpoint_auth_method', 'userinfo_signed_response_alg', 'skip_consent', 'skip_logout_consent'] as const),
];

/** Fields that a document shows where they are neither empty nor false. */
const SHOWN_WHERE_SET = [
  ...(['application_type', 'initiate_login_uri', 'sector_identifier_uri', 'jwks_uri'] as const),
  ...(['token_endpoint_auth_signing_alg', 'id_token_signed_response_alg', 'access_token_strategy'] as const),
  ...(['authorization_signed_response_alg', 'introspection_signed_response_alg'] as const),
  ...ENCRYPTION_NAMES,
  ...(['request_uris', 'request_object_signing_alg', 'post_logout_redirect_uris'] as const),
  ...(['require_signed_request_object', 'require_pushed_authorization_requests'] as const),
  ...(['default_max_age', 'default_acr_values', 'require_auth_time'] as const),
  ...(['dpop_bound_access_tokens'] as const),
  ...(['tls_client_auth_subject_dn', 'tls_client_auth_san_dns', 'tls_client_auth_san_uri'] as const),
  ...(['tls_client_auth_san_ip', 'tls_client_auth_san_email', 'use_mtls_endpoint_aliases'] as const),
  ...(['tls_client_certificate_bound_access_tokens'] as const),
  ...(['security_profile'] as const),
  ...(['frontchannel_logout_uri', 'frontchannel_logout_session_required'] as const),
  ...(['backchannel_logout_uri', 'backchannel_logout_session_required'] as const),
  ...(['backchannel_token_delivery_mode', 'backchannel_client_notification_endpoint'] as const),
  ...(['backchannel_authentication_request_signing_alg', 'backchannel_user_code_parameter'] as const),
];

/** Fields that a document shows where they are given: an empty list says something else than none. */
const SHOWN_WHERE_GIVEN = ['authorization_details_types'] as const;

/** The document, without secret and registration token. */
export function clientDocument({ entity }: RegisteredClient): OAuth2ClientDto {
  return Object.assign(metadataMembers(entity.metadata), columnMembers(entity));
}

/** The members that come from the metadata. */
export function metadataMembers(metadata: ClientMetadata): OAuth2ClientDto {
  const document = new OAuth2ClientDto();
  copy(metadata, document, ALWAYS_SHOWN, () => true);
  copy(metadata, document, SHOWN_WHERE_SET, isSet);
  copy(metadata, document, SHOWN_WHERE_GIVEN, isGiven);
  for (const lifespan of LIFESPAN_NAMES) document[lifespan] = durationOf(metadata[lifespan]);
  document.jwks = metadata.jwks ?? {};
  document.metadata = metadata.metadata;
  return document;
}

/** The members that have columns of their own. */
export function columnMembers(columns: DocumentColumns): Partial<OAuth2ClientDto> {
  return {
    client_id: columns.clientId,
    client_name: columns.name,
    owner: columns.owner,
    client_secret_expires_at: 0,
    ...(columns.documentFetchedAt && {
      client_id_metadata_document: sourceOf(columns.clientId, columns.documentFetchedAt),
    }),
    created_at: timestamp(columns.createdAt),
    updated_at: timestamp(columns.updatedAt),
  };
}

function sourceOf(url: string, fetchedAt: Date): OAuth2ClientDto['client_id_metadata_document'] {
  return { url, host: hostOf(url), fetched_at: timestamp(fetchedAt) };
}

/**
 * The stored form of a document, with defaults for fields that are left out or empty. Values are not checked here but by the
 * registration rules.
 */
export function metadataOf(
  document: OAuth2ClientDto,
  configuration: Configuration,
  defaultScope: readonly string[] = configuration.oidc.dynamic_client_registration.default_scope,
): ClientMetadata {
  const strategy = document.access_token_strategy?.toLowerCase();
  const given: Partial<ClientMetadata> = {};
  copy(document, given, [...ALWAYS_SHOWN, ...SHOWN_WHERE_SET, ...SHOWN_WHERE_GIVEN], isGiven);
  copy(lifespansOf(document), given, LIFESPAN_NAMES, isGiven);
  // Object.assign without undefined members: a literal with spreads took twenty times as long
  return Object.assign({}, EMPTY_METADATA, given, {
    scope: document.scope || defaultScope.join(' '),
    allowed_cors_origins: (document.allowed_cors_origins ?? []).map(withoutTrailingSlashes),
    subject_type: (document.subject_type || defaultSubjectType(configuration, strategy)) as 'public' | 'pairwise',
    access_token_strategy: (strategy || undefined) as ClientMetadata['access_token_strategy'],
    jwks: keySet(document.jwks),
    metadata: document.metadata === undefined ? {} : document.metadata,
  });
}

/** Seconds by name; a lifespan that is not given is undefined. */
export function lifespansOf(document: OAuth2ClientTokenLifespansDto): Partial<Record<LifespanName, number>> {
  return Object.fromEntries(LIFESPAN_NAMES.map((name) => [name, parseDuration(document[name] ?? '')]));
}

/** `{}` means that there are no keys; an empty list of keys is a key set. */
function keySet(jwks: object | undefined): ClientMetadata['jwks'] {
  return jwks && 'keys' in jwks && jwks.keys !== null ? (jwks as ClientMetadata['jwks']) : undefined;
}

function copy<Name extends string>(
  source: Partial<Record<Name, unknown>>,
  target: Partial<Record<Name, unknown>>,
  names: readonly Name[],
  wanted: (value: unknown) => boolean,
): void {
  for (const name of names) if (wanted(source[name])) target[name] = source[name];
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== '';
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isGiven(value) && value !== null && value !== false;
}

function durationOf(seconds: number | undefined): string | null {
  return seconds === undefined ? null : formatDuration(seconds);
}

/** RFC 3339 in UTC, with fractions of seconds where there are any. */
function timestamp(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
