import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

/** An origin is scheme, host and port (RFC 6454 §6.2); a wildcard in the host is checked when it is matched. */
const ORIGIN = /^https?:\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:[\]\\]+)(:\d{1,5})?$/i;

export function checkCorsOrigins({ metadata }: Registration): void {
  for (const origin of metadata.allowed_cors_origins) {
    if (ORIGIN.test(origin)) continue;
    throw invalidClientMetadata(
      `'allowed_cors_origins' must hold origins such as 'https://app.example.com', without user, path, query and fragment.`,
    );
  }
}
