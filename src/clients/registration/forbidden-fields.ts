/** What a stranger may not decide about a client. */
import {
  badRequest,
  forbidden,
  invalidClientMetadata,
  invalidRequest,
  type OAuthError,
} from '../../protocol/oauth-error.js';
import type { OAuth2ClientDto } from '../client.dto.js';

/** @throws OAuthError 400, and 403 for a secret at a change */
export function refuseForbiddenFields(document: OAuth2ClientDto, when: 'creation' | 'change'): void {
  if (document.client_secret) throw refusedSecret(when);
  if (document.metadata !== undefined)
    throw invalidClientMetadata("'metadata' is for the administrator: leave it out.");
  if (document.access_token_strategy) {
    throw badRequest("'access_token_strategy' is for the administrator: leave it out.");
  }
  for (const field of ['skip_consent', 'skip_logout_consent'] as const) {
    if (document[field]) throw invalidRequest(`'${field}' is for the administrator: leave it out.`);
  }
}

function refusedSecret(when: 'creation' | 'change'): OAuthError {
  const refuse = when === 'creation' ? badRequest : forbidden;
  return refuse("'client_secret' is chosen by the server: leave it out.");
}
