import type { Configuration } from '../../config/configuration.js';

/** Where a person enters the user code (RFC 8628 §3.2). */
export function verificationAddress({ urls }: Configuration): string {
  return `${urls.self.public.replace(/\/+$/, '')}/oauth2/device/verify`;
}
