import { createCipheriv } from 'node:crypto';
import { deriveKey } from '../../src/crypto/aead.js';
import { randomOctets } from '../../src/crypto/random.js';

/** Encrypts as earlier versions did, which bound values only to their purpose. */
export function unboundValue(secret: string, purpose: string, plain: string, nonce = randomOctets(12)): Buffer {
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, purpose), nonce).setAAD(Buffer.from(purpose));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}
