import { parsePrompt } from '../../../protocol/authorization-request.js';
import type { Check } from '../proven-request.js';

/** OpenID Connect Core §3.1.2.1: known values only, and `none` only without others. */
export const checkPrompt: Check = ({ parameters }) => {
  parsePrompt(parameters.prompt);
};
