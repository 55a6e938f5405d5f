import type { Configuration } from '../../../config/configuration.js';
import { unsupportedResponseMode } from '../../../protocol/oauth-error.js';
import type { AuthorizationParameters } from '../authorization-parameters.js';
import { type AskedResponseMode, responseModes } from '../response-modes/index.js';

/** Multiple Response Type Encoding Practices §2.1: an unknown response mode is refused. */
export function checkResponseMode(
  { response_mode: asked }: Pick<AuthorizationParameters, 'response_mode'>,
  configuration: Configuration,
): AskedResponseMode | undefined {
  const modes = responseModes(configuration);
  const known = modes.find((mode) => mode === asked);
  if (asked === undefined || known !== undefined) return known;
  throw unsupportedResponseMode(`Parameter 'response_mode' must be one of ${modes.join(', ')}.`);
}
