import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { lacksOf } from '../security-profile/fapi-requirements.js';
import { isUnderFapi, SECURITY_PROFILES } from '../security-profile/security-profile.js';
import type { Registration, RuleContext } from './registration-rule.js';

/** FAPI 2.0: a client that could not conform is not written. */
export async function checkSecurityProfile({ metadata }: Registration, context: RuleContext): Promise<void> {
  const { configuration } = context;
  const { security_profile: own } = metadata;
  if (own !== undefined && !SECURITY_PROFILES.includes(own)) {
    throw invalidClientMetadata(`'security_profile' must be one of ${SECURITY_PROFILES.join(', ')}, or be left out.`);
  }
  if (!isUnderFapi({ metadata }, configuration)) return;
  const [lack] = lacksOf({ metadata, configuration, signingAlgorithms: await context.signingAlgorithms() });
  if (lack)
    throw invalidClientMetadata(`'${lack.member}' ${lack.problem}, because of the security profile of FAPI 2.0.`);
}
