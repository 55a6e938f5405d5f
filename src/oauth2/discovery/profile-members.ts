/** Discovery of a server whose clients all have a security profile: it names only what these clients may use. */
import { FAPI_ALGORITHMS, isFapiAlgorithm } from '../../clients/security-profile/fapi-algorithms.js';
import { FAPI_AUTHENTICATION } from '../../clients/security-profile/fapi-requirements.js';
import type { Configuration } from '../../config/configuration.js';
import { IMPLICIT } from '../../protocol/constants.js';

const AUTHENTICATION_METHODS = /_auth_methods_supported$/;
const ASSERTION_ALGORITHMS = /_auth_signing_alg_values_supported$/;
const ALGORITHMS = /(?:_signing_alg_values_supported|_signed_response_alg)$/;

/** FAPI 2.0 Security Profile §5.3.2.2, §5.4.1. Without a profile of the server the members stay as they are. */
export function underProfile<T extends object>(members: T, { oauth2 }: Configuration): T {
  const { security_profile: profile } = oauth2;
  if (profile === undefined) return members;
  const entries = Object.entries(members).map(([name, value]) => [name, narrowed(name, value)] as const);
  return {
    ...(Object.fromEntries(entries) as T),
    require_pushed_authorization_requests: true,
    request_uri_parameter_supported: false, // by reference; pushed requests are named by their own member
    ...(profile === 'fapi-2.0-message-signing' && { require_signed_request_object: true }),
  };
}

function narrowed(name: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  if (ASSERTION_ALGORITHMS.test(name)) return FAPI_ALGORITHMS;
  return value.filter((one: unknown) => mayBeNamed(name, one));
}

function mayBeNamed(name: string, value: unknown): boolean {
  if (AUTHENTICATION_METHODS.test(name)) return FAPI_AUTHENTICATION.includes(value as string);
  // `none` means userinfo as JSON.
  if (ALGORITHMS.test(name)) return isFapiAlgorithm(value) || (value === 'none' && name.startsWith('userinfo'));
  if (name === 'response_types_supported') return value === 'code';
  if (name === 'code_challenge_methods_supported') return value === 'S256';
  return name !== 'grant_types_supported' || value !== IMPLICIT;
}
