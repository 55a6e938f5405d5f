import type { Configuration } from '../../config/configuration.js';
import type { Outbound } from '../../http/outbound.js';
import type { ClientMetadata } from '../client-metadata.js';

/** A client as it would be stored, defaults filled in. */
export interface Registration {
  clientId: string;
  name: string;
  owner: string;
  /** In plain text, where this write sets one. */
  secret?: string;
  metadata: ClientMetadata;
}

export interface RuleContext {
  configuration: Configuration;
  outbound: Pick<Outbound, 'fetch' | 'assertPublic'>;
}

/**
 * One thing that must hold of a client. A rule changes nothing.
 * @throws OAuthError invalid_client_metadata or invalid_redirect_uri, with a hint that names the field
 */
export type RegistrationRule = (registration: Registration, context: RuleContext) => void | Promise<void>;
