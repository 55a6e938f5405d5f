import { invalidRequest } from '../../protocol/oauth-error.js';
import type { FormParams } from './form-params.js';

/** The parameters that may be repeated: Hydra's `audience`, and `resource` (RFC 8707 §2). */
const MAY_REPEAT: ReadonlySet<string> = new Set(['audience', 'resource']);

/**
 * Returns the same parameters after checking that none is repeated: two readers of one request must not see two values. RFC
 * 6749 §3.1, §3.2: "Request and response parameters MUST NOT be included more than once."
 * @param names the parameters to check. Default: all, known or not
 * @throws OAuthError invalid_request
 */
export function eachOnce(parameters: FormParams, names?: readonly string[]): FormParams {
  const twice = parameters.repeated.find((name) => !MAY_REPEAT.has(name) && (names?.includes(name) ?? true));
  if (twice !== undefined) throw invalidRequest(`Send parameter '${twice}' once: it came more than once.`);
  return parameters;
}
