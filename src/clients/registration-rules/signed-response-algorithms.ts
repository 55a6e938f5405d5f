import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration, RuleContext } from './registration-rule.js';

/** OpenID Connect Registration §2: only algorithms for which this server has a key, as discovery lists them. */
export async function checkSignedResponseAlgorithms(
  { metadata }: Registration,
  { signingAlgorithms }: RuleContext,
): Promise<void> {
  const { id_token_signed_response_alg: idToken, userinfo_signed_response_alg: userinfo } = metadata;
  if (idToken === undefined && userinfo === 'none') return;
  const known = await signingAlgorithms();
  if (idToken !== undefined && !known.includes(idToken)) {
    throw invalidClientMetadata(`'id_token_signed_response_alg' must be one of ${known.join(', ')}.`);
  }
  if (userinfo !== 'none' && !known.includes(userinfo)) {
    throw invalidClientMetadata(`'userinfo_signed_response_alg' must be one of none, ${known.join(', ')}.`);
  }
}
