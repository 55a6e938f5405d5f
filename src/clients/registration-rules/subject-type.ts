import type { Configuration } from '../../config/configuration.js';
import { DEVICE_CODE } from '../../protocol/constants.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { isAdministered } from '../client-metadata.js';
import { ownSector, pairwiseSector } from '../pairwise-sector.js';
import type { Registration, RuleContext } from './registration-rule.js';

/** OpenID Connect Core §8. A client whose access tokens are JWTs cannot be pairwise: their `sub` is the real subject. */
function supportedSubjectTypes({ oidc, strategies }: Configuration, strategy: string | undefined): readonly string[] {
  const supported = oidc.subject_identifiers.supported_types;
  const isJwt = (strategy || strategies.access_token) === 'jwt';
  return isJwt ? supported.filter((type) => type !== 'pairwise') : supported;
}

/** The default of a client: `public` where it is supported. */
export function defaultSubjectType(configuration: Configuration, strategy: string | undefined): string {
  const supported = supportedSubjectTypes(configuration, strategy);
  return supported.includes('public') ? 'public' : (supported[0] ?? 'public');
}

export function checkSubjectType({ metadata }: Registration, { configuration }: RuleContext): void {
  const supported = supportedSubjectTypes(configuration, metadata.access_token_strategy);
  if (supported.includes(metadata.subject_type)) return;
  throw invalidClientMetadata(
    `'subject_type' must be one that this server supports for the client: ${supported.join(', ') || 'none'}.`,
  );
}

/** OpenID Connect Registration §5: the error comes at registration, not at the first login. */
export function checkPairwiseSector({ clientId, metadata }: Registration): void {
  if (metadata.subject_type !== 'pairwise') return;
  const sector = pairwiseSector(clientId, metadata);
  if (sector === undefined) {
    throw invalidClientMetadata(
      "'subject_type' pairwise with 'redirect_uris' on several hosts needs a 'sector_identifier_uri'.",
    );
  }
  if (sector === ownSector(clientId) || isAdministered(metadata)) return;
  // Redirect URIs prove a sector because answers go there. The answers of a device flow go to the polling device.
  if (metadata.grant_types.includes(DEVICE_CODE)) {
    throw invalidClientMetadata(
      `'subject_type' pairwise with the grant type '${DEVICE_CODE}' proves no sector: leave out the grant type, or 'redirect_uris' and 'sector_identifier_uri'.`,
    );
  }
}
