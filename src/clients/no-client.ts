import { JWT_BEARER } from '../protocol/constants.js';
import type { ClientProof } from './authentication/client-proof.js';
import { EMPTY_METADATA } from './client-metadata.js';
import { RegisteredClient } from './registered-client.js';

/** The keys of clients start at 1. */
export const NO_CLIENT_KEY = '0';

/**
 * The client of an assertion without client authentication (RFC 7523 §2.1), where the operator allows that. It is in no
 * table, no request can name it, and it has no scope, no audience and no other grant type.
 */
const NO_CLIENT = new RegisteredClient({
  ...{ key: NO_CLIENT_KEY, version: 0, clientId: '', name: '', owner: '' },
  ...{ secretHash: null, rotatedSecretHashes: [], registrationTokenDigest: null },
  metadata: { ...EMPTY_METADATA, grant_types: [JWT_BEARER] },
  ...{ accessTokensValidFrom: null, createdAt: new Date(0), updatedAt: new Date(0) },
});

/** It needs no proof, and never changes. */
export const NO_CLIENT_PROOF: ClientProof = { client: NO_CLIENT, holdsFor: () => Promise.resolve(NO_CLIENT) };
