import type { ResponseMode } from '../../../protocol/authorization-request.js';
import { unsupportedResponseMode } from '../../../protocol/oauth-error.js';
import type { AuthorizationParameters } from '../authorization-parameters.js';
import { isResponseMode, RESPONSE_MODES } from '../response-modes/index.js';

/** Multiple Response Type Encoding Practices §2.1: an unknown response mode is refused. */
export function checkResponseMode({
  response_mode: asked,
}: Pick<AuthorizationParameters, 'response_mode'>): ResponseMode | undefined {
  if (asked === undefined || isResponseMode(asked)) return asked;
  throw unsupportedResponseMode(`Parameter 'response_mode' must be one of ${RESPONSE_MODES.join(', ')}.`);
}
