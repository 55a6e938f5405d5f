/** The document of a client that registers or changes itself, reduced to permitted values. */
import type { Configuration } from '../../config/configuration.js';
import { OAuth2ClientDto } from '../client.dto.js';
import type { Author } from '../client-registration.js';
import { isAdministered } from '../client-metadata.js';
import type { RegisteredClient } from '../registered-client.js';
import { administratorsMembers } from './administrators-members.js';
import { checkOwnLimits, defaultsFor } from './own-limits.js';

/** @throws OAuthError 400 for values that the client may not give itself, and 403 for a secret at a change */
export function ownDocument(
  sent: OAuth2ClientDto,
  current: RegisteredClient | undefined,
  configuration: Configuration,
): { document: OAuth2ClientDto; author: Author } {
  const defaults = defaultsFor(current, configuration);
  const document = Object.assign(new OAuth2ClientDto(), sent, administratorsMembers(sent, current), {
    grant_types: filled(sent.grant_types, defaults.grantTypes),
    response_types: filled(sent.response_types, defaults.responseTypes),
    audience: filled(sent.audience, defaults.audience),
    authorization_details_types: sent.authorization_details_types ?? administeredDetailTypes(current),
  });
  checkOwnLimits(document, current, configuration);
  return { document, author: { dynamic: true, defaultScope: defaults.scope } };
}

/** For a client that an administrator set up, to leave them out must not mean all types. */
function administeredDetailTypes(current: RegisteredClient | undefined): string[] | undefined {
  return current && isAdministered(current.metadata) ? current.metadata.authorization_details_types : undefined;
}

function filled(sent: string[] | undefined, otherwise: readonly string[]): string[] {
  return sent?.length ? sent : [...otherwise];
}

/** Omits members that are not set (RFC 7591 §3.2.1): strict clients refuse empty texts in place of addresses. */
export function withoutUnset(document: OAuth2ClientDto): OAuth2ClientDto {
  const set = Object.entries(document).filter(([, value]) => !isUnset(value));
  return Object.assign(new OAuth2ClientDto(), Object.fromEntries(set));
}

function isUnset(value: unknown): boolean {
  if (typeof value === 'object') return value === null || Object.keys(value).length === 0;
  return value === undefined || value === '';
}
