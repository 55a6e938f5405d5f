import { TOKEN_EXCHANGE } from '../../protocol/constants.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration, RuleContext } from './registration-rule.js';

/** RFC 8693 §5: who exchanges tokens must prove who it is. While the feature is off, the grant type has no effect. */
export function checkGrantTypes({ metadata }: Registration, { configuration }: RuleContext): void {
  const { grant_types: types, token_endpoint_auth_method: method } = metadata;
  if (method !== 'none' || !types.includes(TOKEN_EXCHANGE) || !configuration.oauth2.token_exchange.enabled) return;
  throw invalidClientMetadata(
    `A public client (token_endpoint_auth_method 'none') may not have the grant type '${TOKEN_EXCHANGE}'.`,
  );
}
