/** The members of a client that its document decides. All others are the administrator's. */
import { isDeepStrictEqual } from 'node:util';
import { conflict } from '../../protocol/admin-error.js';
import { withoutDefaults } from '../../protocol/json.js';
import type { ClientEntity } from '../client.entity.js';
import { type ClientMetadata, EMPTY_METADATA } from '../client-metadata.js';

/** Beside `client_name`, which has a column of its own. */
export const DOCUMENT_MEMBERS = [
  ...(['redirect_uris', 'grant_types', 'response_types', 'scope', 'application_type'] as const),
  ...(['client_uri', 'logo_uri', 'tos_uri', 'policy_uri', 'jwks', 'jwks_uri'] as const),
  ...(['token_endpoint_auth_method', 'token_endpoint_auth_signing_alg'] as const),
  ...(['dpop_bound_access_tokens', 'require_pushed_authorization_requests'] as const),
  'authorization_details_types' as const, // RFC 9396 §10: those that are listed
];

/** What a consent was given to: if one of these changes, consents are not remembered any more. */
const IDENTITY_MEMBERS = ['redirect_uris', 'jwks', 'jwks_uri', 'token_endpoint_auth_method'] as const;

type Named = Pick<ClientEntity, 'name' | 'metadata'>;

/** The client with these members of the document, and its other members as they are. */
export function withDocument(current: Named, { name, metadata }: Named): Named {
  const own = Object.fromEntries(DOCUMENT_MEMBERS.map((member) => [member, metadata[member]]));
  return { name, metadata: { ...current.metadata, ...(own as Partial<ClientMetadata>) } };
}

export function isSameClient(one: Named, other: Named): boolean {
  return one.name === other.name && isDeepStrictEqual(stored(one), stored(other));
}

/** Whether the metadata was read from the document at the client id, and not registered. */
export function isByDocument({ documentFetchedAt = null }: Pick<ClientEntity, 'documentFetchedAt'>): boolean {
  return documentFetchedAt !== null;
}

/**
 * An administrator changes what the document does not say. Consent is asked for always, because nobody knows the client.
 * @throws OAuthError 409 that names what the document decides
 */
export function requireSameDocument(current: ClientEntity, next: Named & { secret?: string }): void {
  const { metadata } = next;
  const changed = DOCUMENT_MEMBERS.find((member) => !isDeepStrictEqual(current.metadata[member], metadata[member]));
  const member =
    changed ??
    (next.name === current.name ? undefined : 'client_name') ??
    (next.secret ? 'client_secret' : undefined) ??
    (metadata.skip_consent ? 'skip_consent' : undefined);
  if (member === undefined) return;
  throw conflict(
    `'${member}' of this client is decided by the document at its client_id: change it there, or delete the client and register one of this id.`,
  );
}

export function isSameIdentity(one: Named, other: Named): boolean {
  const isSame = (member: (typeof IDENTITY_MEMBERS)[number]) =>
    isDeepStrictEqual(one.metadata[member], other.metadata[member]);
  return one.name === other.name && IDENTITY_MEMBERS.every(isSame);
}

const stored = ({ metadata }: Named): object => withoutDefaults(metadata, EMPTY_METADATA);
