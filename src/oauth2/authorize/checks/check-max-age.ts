import { parseMaxAge } from '../../../protocol/authorization-request.js';
import type { Check } from '../proven-request.js';

/** OpenID Connect Core §3.1.2.1: whole seconds. */
export const checkMaxAge: Check = ({ parameters }) => {
  parseMaxAge(parameters.first('max_age'));
};
