/**
 * A client that is known by its document alone. It gets a row with the first grant: until then the document travels in the
 * request, so that strangers fill no table, and every replica can go on with the flow.
 */
import { type JsonObject, withoutDefaults } from '../../protocol/json.js';
import type { AuthorizationRequest, ClientDocument } from '../../protocol/authorization-request.js';
import { ClientEntity } from '../client.entity.js';
import { type ClientMetadata, EMPTY_METADATA } from '../client-metadata.js';
import { INTRODUCED_KEY, RegisteredClient } from '../registered-client.js';
import type { FetchedDocument } from './document-fetches.js';

/** @param document as it was read from the address that is the client id */
export function introducedClient(clientId: string, document: ClientDocument): RegisteredClient {
  const fetchedAt = new Date(document.fetchedAt);
  return new RegisteredClient(
    Object.assign(new ClientEntity(), {
      ...{ key: INTRODUCED_KEY, version: 0, clientId, name: document.name, owner: '' },
      ...{ secretHash: null, rotatedSecretHashes: [], registrationTokenDigest: null, accessTokensValidFrom: null },
      metadata: { ...EMPTY_METADATA, ...(document.metadata as Partial<ClientMetadata>) },
      ...{ documentFetchedAt: fetchedAt, documentFreshUntil: new Date(document.freshUntil) },
      ...{ createdAt: fetchedAt, updatedAt: fetchedAt },
    } satisfies ClientEntity),
  );
}

/** A document as it travels with a request. */
export function documentOf({ name, metadata, fetchedAt, freshUntil }: FetchedDocument): ClientDocument {
  return {
    name,
    metadata: withoutDefaults(metadata, EMPTY_METADATA) as JsonObject,
    ...{ fetchedAt: fetchedAt.getTime(), freshUntil: freshUntil.getTime() },
  };
}

/** The document that a request of the client must carry; undefined for a client with a row. */
export function carriedDocument({ isStored, entity }: RegisteredClient): ClientDocument | undefined {
  const { name, metadata, documentFetchedAt: fetchedAt, documentFreshUntil: freshUntil } = entity;
  if (isStored || !fetchedAt || !freshUntil) return undefined;
  return documentOf({ name, metadata, fetchedAt, freshUntil });
}

/** The client that a request carries; undefined where it carries none. */
export function introducedBy({
  clientId,
  clientDocument,
}: Pick<AuthorizationRequest, 'clientId' | 'clientDocument'>): RegisteredClient | undefined {
  return clientDocument && introducedClient(clientId, clientDocument);
}
