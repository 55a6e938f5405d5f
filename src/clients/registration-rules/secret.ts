import { BCRYPT_MAX_BYTES } from '../../crypto/secret-hasher.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration, RuleContext } from './registration-rule.js';

const MIN_BYTES = 6;

export function checkSecret({ secret }: Registration, { configuration }: RuleContext): void {
  if (secret === undefined) return;
  const bytes = Buffer.byteLength(secret);
  if (bytes < MIN_BYTES) throw invalidClientMetadata(`'client_secret' must have at least ${MIN_BYTES} characters.`);
  if (configuration.oauth2.hashers.algorithm === 'bcrypt' && bytes > BCRYPT_MAX_BYTES) {
    throw invalidClientMetadata(
      `'client_secret' must have at most ${BCRYPT_MAX_BYTES} bytes: this server hashes secrets with bcrypt.`,
    );
  }
}
