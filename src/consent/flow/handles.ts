/**
 * The handles of a flow: the challenges and verifiers in URLs. Each is derived from the flow id: a verifier stays the same
 * when an answer is repeated, one kind of handle does not reveal another, and none is stored.
 *
 * base64url( flow id (16 bytes) | HMAC-SHA-256 under a system secret over kind and flow id, first 16 bytes ): 43 characters.
 * The first secret creates handles, all configured secrets verify them. A forged handle costs no read of the store.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { deriveKey } from '../../crypto/aead.js';
import { equalBytes, hmacSha256 } from '../../crypto/digest.js';
import { randomText } from '../../crypto/random.js';

export type HandleKind = `${'login' | 'consent' | 'logout' | 'device' | 'ciba'}_${'challenge' | 'verifier'}`;

const ID_BYTES = 16;
const TAG_BYTES = 16;
const FORM = /^[A-Za-z0-9_-]{43}$/;

/** A random flow id: 22 characters base64url. */
export function newFlowId(): string {
  return randomText(ID_BYTES);
}

@Injectable()
export class Handles {
  constructor(private readonly config: ConfigHolder) {}

  make(kind: HandleKind, flowId: string): string {
    const [secret] = this.config.current.secrets.system;
    if (!secret) throw new Error('No secret is configured: set secrets.system.');
    const id = Buffer.from(flowId, 'base64url');
    return Buffer.concat([id, tag(secret, kind, id)]).toString('base64url');
  }

  /** The flow id; undefined if the text is no handle of this kind. */
  read(kind: HandleKind, handle: string): string | undefined {
    const bytes = canonical(handle);
    if (!bytes) return undefined;
    const id = bytes.subarray(0, ID_BYTES);
    const given = bytes.subarray(ID_BYTES);
    const { system } = this.config.current.secrets;
    return system.some((secret) => equalBytes(tag(secret, kind, id), given)) ? id.toString('base64url') : undefined;
  }
}

function tag(secret: string, kind: HandleKind, id: Buffer): Buffer {
  const mac = hmacSha256(deriveKey(secret, 'handle'), Buffer.concat([Buffer.from(`${kind}\u0000`), id]));
  return mac.subarray(0, TAG_BYTES);
}

/** The 32 bytes; undefined if the encoding is not canonical (spare bits set in the last character). */
function canonical(handle: string): Buffer | undefined {
  if (!FORM.test(handle)) return undefined;
  const bytes = Buffer.from(handle, 'base64url');
  return bytes.toString('base64url') === handle ? bytes : undefined;
}
