import type { Configuration } from '../../config/configuration.js';
import type { Documents } from '../../http/outbound/documents.js';
import type { Outbound } from '../../http/outbound/outbound.js';
import type { ClientMetadata } from '../client-metadata.js';

/** A client as it would be stored, with defaults. */
export interface Registration {
  clientId: string;
  name: string;
  owner: string;
  /** In plain text, where this write sets a secret. */
  secret?: string;
  metadata: ClientMetadata;
}

export interface RuleContext {
  configuration: Configuration;
  outbound: Pick<Outbound, 'assertPublic'>;
  documents: Pick<Documents, 'read'>;
  /** The algorithms with which ID tokens and userinfo can be signed. */
  signingAlgorithms: () => Promise<readonly string[]>;
}

/**
 * One requirement on a client. A rule changes nothing.
 * @throws OAuthError invalid_client_metadata or invalid_redirect_uri, with a hint that names the field
 */
export type RegistrationRule = (registration: Registration, context: RuleContext) => void | Promise<void>;
