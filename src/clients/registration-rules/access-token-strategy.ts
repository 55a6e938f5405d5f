import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

export function checkAccessTokenStrategy({ metadata }: Registration): void {
  const strategy = metadata.access_token_strategy;
  if (strategy === undefined || ['opaque', 'jwt'].includes(strategy)) return;
  throw invalidClientMetadata("'access_token_strategy' must be 'opaque' or 'jwt'.");
}
