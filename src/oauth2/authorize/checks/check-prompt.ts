import { parsePrompt } from '../../../protocol/authorization-request.js';
import type { Check } from '../proven-request.js';

/** OpenID Connect Core §3.1.2.1: known words, and `none` alone. */
export const checkPrompt: Check = ({ parameters }) => {
  parsePrompt(parameters.first('prompt'));
};
