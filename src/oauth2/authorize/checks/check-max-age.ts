import { parseMaxAge } from '../../../protocol/authorization-request.js';
import type { Check } from '../proven-request.js';

/** OpenID Connect Core §3.1.2.1: `max_age` is a number of whole seconds. */
export const checkMaxAge: Check = ({ parameters }) => {
  parseMaxAge(parameters.max_age);
};
