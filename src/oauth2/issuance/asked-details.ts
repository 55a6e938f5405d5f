import type { RegisteredClient } from '../../clients/registered-client.js';
import { requireAuthorizationDetails } from '../../clients/client-permissions.js';
import type { Configuration } from '../../config/configuration.js';
import { type AuthorizationDetail, parseAuthorizationDetails } from '../../protocol/authorization-details.js';

/**
 * The parameter `authorization_details` of a request (RFC 9396 §2). Undefined if it is absent, or if no type is configured:
 * then it has no meaning. @throws OAuthError invalid_authorization_details
 */
export function askedDetails(sent: string | undefined, { oauth2 }: Configuration): AuthorizationDetail[] | undefined {
  return sent === undefined || oauth2.authorization_details.types.length === 0
    ? undefined
    : parseAuthorizationDetails(sent);
}

/** The same, after checking that the client may ask for them. @throws OAuthError invalid_authorization_details */
export function allowedDetails(
  sent: string | undefined,
  client: RegisteredClient,
  configuration: Configuration,
): AuthorizationDetail[] | undefined {
  const details = askedDetails(sent, configuration);
  if (details) requireAuthorizationDetails(client, details, configuration);
  return details;
}
