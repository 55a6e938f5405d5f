import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

/** Login and consent apps show these addresses as links and images: schemes that a browser would execute are refused. */
export function checkWebPages({ metadata }: Registration): void {
  for (const name of ['tos_uri', 'policy_uri', 'logo_uri', 'client_uri'] as const) {
    const address = metadata[name];
    if (address && !isWebUrl(address)) {
      throw invalidClientMetadata(`'${name}' must be an absolute http or https URL.`);
    }
  }
}

/** OpenID Connect Registration §2. */
export function checkInitiateLoginUri({ metadata }: Registration): void {
  const uri = metadata.initiate_login_uri;
  if (uri === undefined || (isWebUrl(uri) && /^https:/i.test(uri))) return;
  throw invalidClientMetadata("'initiate_login_uri' must be an absolute https URL.");
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\/./i.test(text) && !/[\s\u0000-\u001f\u007f]/.test(text) && URL.canParse(text);
}
