import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

/** As many as a request may have. */
const MAX_VALUES = 100;

/** OpenID Connect Registration §2: they stand for `acr_values` of a request, which are words. */
export function checkDefaultAcrValues({ metadata: { default_acr_values: values = [] } }: Registration): void {
  if (values.length <= MAX_VALUES && values.every((value) => /^[^\s\u0000]+$/.test(value))) return;
  throw invalidClientMetadata(`'default_acr_values' may hold ${MAX_VALUES} values, each without spaces and not empty.`);
}
