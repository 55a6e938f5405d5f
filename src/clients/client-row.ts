/** Converts a row of the table to the entity, and metadata to the text that is stored. */
import { isJsonObject, parseJson, stringifyJson, withoutDefaults } from '../protocol/json.js';
import { ClientEntity } from './client.entity.js';
import { type ClientMetadata, EMPTY_METADATA } from './client-metadata.js';
import type { ClientRow } from './client.statements.js';

export function entityOf(row: ClientRow): ClientEntity {
  return Object.assign(new ClientEntity(), {
    key: row.key,
    clientId: row.client_id,
    name: row.name,
    owner: row.owner,
    secretHash: row.secret_hash,
    rotatedSecretHashes: row.rotated_secret_hashes,
    registrationTokenDigest: row.registration_token_digest,
    metadata: metadataFrom(row.metadata),
    version: row.version,
    accessTokensValidFrom: row.access_tokens_valid_from,
    documentFetchedAt: row.document_fetched_at,
    documentFreshUntil: row.document_fresh_until,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  } satisfies ClientEntity);
}

/** Most clients use few of the fields: a member that equals its empty value is not stored. */
export function metadataText(metadata: ClientMetadata): string {
  return stringifyJson(withoutDefaults(metadata, EMPTY_METADATA));
}

/** A member that the stored document lacks has its empty value. */
export function metadataFrom(text: string): ClientMetadata {
  const stored = parseJson(text);
  return { ...EMPTY_METADATA, ...(isJsonObject(stored) && (stored as Partial<ClientMetadata>)) };
}
