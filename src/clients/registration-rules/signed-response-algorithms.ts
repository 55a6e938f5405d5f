import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration, RuleContext } from './registration-rule.js';

const MEMBERS = [
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'authorization_signed_response_alg',
  'introspection_signed_response_alg',
] as const;

/** Userinfo alone may be unsigned (OpenID Connect Registration §2; JARM §3, RFC 9701 §6). */
const MAY_BE_UNSIGNED = 'userinfo_signed_response_alg';

/** OpenID Connect Registration §2: only algorithms for which this server has a key, as discovery lists them. */
export async function checkSignedResponseAlgorithms(
  { metadata }: Registration,
  { signingAlgorithms }: RuleContext,
): Promise<void> {
  const given = MEMBERS.filter((name) => metadata[name] !== undefined && !isUnsigned(name, metadata[name]));
  if (given.length === 0) return;
  const known = await signingAlgorithms();
  for (const name of given) {
    if (known.includes(metadata[name] ?? '')) continue;
    const values = name === MAY_BE_UNSIGNED ? ['none', ...known] : known;
    throw invalidClientMetadata(`'${name}' must be one of ${values.join(', ')}.`);
  }
}

function isUnsigned(name: (typeof MEMBERS)[number], alg: string | undefined): boolean {
  return name === MAY_BE_UNSIGNED && alg === 'none';
}
