/**
 * Opens what Hydra sealed under its system secrets: AES-256-GCM under SHA-256 of the secret, without associated data, as
 * base64url text of nonce (12), ciphertext and tag (16). A text that is JSON was never sealed
 * (`oauth2.session.encrypt_at_rest: false`).
 */
import { createDecipheriv, type DecipherGCM } from 'node:crypto';
import { sha256 } from '../../../crypto/digest.js';
import type { Opened, Opener } from '../table-import.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class Envelopes implements Opener {
  private readonly keys: readonly Buffer[];
  /** Rows that lie beside each other were mostly sealed under the same secret. */
  private last = 0;

  /** @param secrets `secrets.system`, in their order */
  constructor(secrets: readonly string[]) {
    this.keys = secrets.map((secret) => sha256(secret));
  }

  /** Undefined where no listed secret opens the value. */
  open(value: string): Opened | undefined {
    if (isObject(value)) return { text: value, secret: undefined };
    return this.unsealed(value) ?? (isJson(value) ? { text: value, secret: undefined } : undefined);
  }

  private unsealed(value: string): Opened | undefined {
    const sealed = Buffer.from(value, 'base64url');
    if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const text = this.openWith(this.last, sealed);
    if (text !== undefined) return { text, secret: this.last };
    return this.openWithOthers(sealed);
  }

  private openWithOthers(sealed: Buffer): Opened | undefined {
    for (let secret = 0; secret < this.keys.length; secret++) {
      const text = secret === this.last ? undefined : this.openWith(secret, sealed);
      if (text === undefined) continue;
      this.last = secret;
      return { text, secret };
    }
    return undefined;
  }

  private openWith(secret: number, sealed: Buffer): string | undefined {
    const key = this.keys[secret];
    if (!key) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return plainText(decipher, sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  }
}

function plainText(decipher: DecipherGCM, ciphertext: Buffer): string | undefined {
  const plain = decipher.update(ciphertext);
  try {
    decipher.final();
  } catch {
    return undefined; // another secret, or altered
  }
  return plain.toString('utf8');
}

/** Nearly every value that was never sealed: base64url has no braces. */
function isObject(value: string): boolean {
  return value.startsWith('{') && value.endsWith('}');
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
