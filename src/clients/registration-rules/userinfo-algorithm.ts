import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

export function checkUserinfoAlgorithm({ metadata }: Registration): void {
  if (['none', 'RS256'].includes(metadata.userinfo_signed_response_alg)) return;
  throw invalidClientMetadata("'userinfo_signed_response_alg' must be 'none' or 'RS256'.");
}
