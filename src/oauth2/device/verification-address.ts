import { withoutTrailingSlashes } from '../../protocol/trailing-slashes.js';
import type { Configuration } from '../../config/configuration.js';

/** The address where a person enters the user code (RFC 8628 §3.2). */
export function verificationAddress({ urls }: Configuration): string {
  return `${withoutTrailingSlashes(urls.self.public)}/oauth2/device/verify`;
}
