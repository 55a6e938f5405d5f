import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

/** Addresses that login and consent apps show as links and pictures: nothing that a browser would run. */
export function checkWebPages({ metadata }: Registration): void {
  for (const name of ['tos_uri', 'policy_uri', 'logo_uri', 'client_uri'] as const) {
    if (metadata[name] !== '' && !isWebUrl(metadata[name])) {
      throw invalidClientMetadata(`'${name}' must be an absolute http or https URL.`);
    }
  }
}

function isWebUrl(text: string): boolean {
  return /^https?:\/\/./i.test(text) && !/[\s\u0000-\u001f\u007f]/.test(text) && URL.canParse(text);
}
