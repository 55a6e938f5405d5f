import type { FormParams } from '../../../http/form-params.js';
import type { ResponseMode } from '../../../protocol/authorization-request.js';
import { unsupportedResponseMode } from '../../../protocol/oauth-error.js';
import { isResponseMode, RESPONSE_MODES } from '../response-modes/index.js';

/** Multiple Response Type Encoding Practices §2.1: an answer cannot be carried in a way that is not known. */
export function checkResponseMode(parameters: FormParams): ResponseMode | undefined {
  const asked = parameters.first('response_mode');
  if (asked === undefined || isResponseMode(asked)) return asked;
  throw unsupportedResponseMode(`Parameter 'response_mode' must be one of ${RESPONSE_MODES.join(', ')}.`);
}
