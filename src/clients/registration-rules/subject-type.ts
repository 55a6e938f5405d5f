import type { Configuration } from '../../config/configuration.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration, RuleContext } from './registration-rule.js';

/** OpenID Connect Core §8. A client whose access tokens are JWTs cannot be pairwise: their `sub` is the true one. */
function supportedSubjectTypes({ oidc, strategies }: Configuration, strategy: string | undefined): readonly string[] {
  const supported = oidc.subject_identifiers.supported_types;
  const isJwt = (strategy || strategies.access_token) === 'jwt';
  return isJwt ? supported.filter((type) => type !== 'pairwise') : supported;
}

/** What a client has that names none: `public` where it is supported. */
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
