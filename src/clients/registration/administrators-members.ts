/**
 * Members of a client document that only administrators may set. A client may send back the value it read, or an empty one;
 * any other value would extend its own permissions.
 */
import { parseDuration } from '../../protocol/duration.js';
import { badRequest, forbidden } from '../../protocol/admin-error.js';
import { invalidClientMetadata, type OAuthError } from '../../protocol/oauth-error.js';
import { OAuth2ClientDto } from '../client.dto.js';
import { clientDocument } from '../client.mapper.js';
import { isAdministered, LIFESPAN_NAMES, type LifespanName } from '../client-metadata.js';
import type { RegisteredClient } from '../registered-client.js';

const NAMES = [
  ...(['owner', 'access_token_strategy', 'skip_consent', 'skip_logout_consent', 'security_profile'] as const),
  ...LIFESPAN_NAMES,
] as const;

/**
 * The administrators' members of the client as it is now; none for a new client.
 * @throws OAuthError 400 for another value, and 403 for a secret at a change
 */
export function administratorsMembers(document: OAuth2ClientDto, current?: RegisteredClient): Partial<OAuth2ClientDto> {
  if (document.client_secret) throw refusedSecret(current ? forbidden : badRequest);
  if (document.metadata !== undefined) throw refused('metadata');
  const now = current ? clientDocument(current) : new OAuth2ClientDto();
  const kept: Partial<OAuth2ClientDto> = { metadata: current?.metadata.metadata };
  for (const name of NAMES) {
    if (document[name] && !isSame(name, document[name], now[name])) throw refused(name);
    Object.assign(kept, { [name]: now[name] });
  }
  return current && keepsPairwise(current, document) ? { ...kept, subject_type: 'pairwise' } : kept;
}

/** A client that an administrator made pairwise must not switch to public subjects (OpenID Connect Core §8.1). */
function keepsPairwise({ metadata }: RegisteredClient, document: OAuth2ClientDto): boolean {
  if (!isAdministered(metadata) || metadata.subject_type !== 'pairwise') return false;
  if (document.subject_type && document.subject_type !== 'pairwise') throw refused('subject_type');
  return true;
}

function isSame(name: (typeof NAMES)[number], sent: unknown, now: unknown): boolean {
  if (sent === now) return true;
  if (!LIFESPAN_NAMES.includes(name as LifespanName)) return false;
  return typeof now === 'string' && parseDuration(String(sent)) === parseDuration(now);
}

function refused(name: string): OAuthError {
  return invalidClientMetadata(`'${name}' is for the administrator: leave it out.`);
}

function refusedSecret(refuse: typeof badRequest): OAuthError {
  return refuse("'client_secret' is chosen by the server: leave it out.");
}
