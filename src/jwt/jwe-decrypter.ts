import { Injectable } from '@nestjs/common';
import { compactDecrypt } from 'jose';
import { ConfigHolder } from '../config/config-holder.js';
import { KeySets } from '../keys/key-sets.js';
import type { StoredKey } from '../keys/stored-key.js';
import { ENCRYPTION_KEY_SET } from '../protocol/constants.js';
import { type AllowedEncryption, isFor, parseJwe, type UndecryptedJwe } from './compact-jwe.js';

/** The number of keys that are tried for a JWE without `kid`: the present one, and those before and after a rotation. */
const MAX_CANDIDATES = 3;

/** Decrypts what others encrypted to this server. */
@Injectable()
export class JweDecrypter {
  constructor(
    private readonly keySets: KeySets,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * The content; undefined for whatever cannot be decrypted, and while encryption is off. All faults look alike and take the
   * same steps: jose goes on with a random key where the encrypted one is unsound (RFC 7516 §11.5).
   * @param demanded narrows the algorithms to those of the sender's registration
   */
  async open(jwe: string, demanded: Partial<AllowedEncryption> = {}): Promise<string | undefined> {
    const { enabled, algs, encs } = this.config.current.oauth2.encryption;
    if (!enabled) return undefined;
    const allowed = { algs: both(algs, demanded.algs), encs: both(encs, demanded.encs) };
    const parsed = parseJwe(jwe, allowed);
    if (!parsed) return undefined;
    let content: string | undefined;
    for (const key of await this.candidates(parsed)) content ??= await decrypted(parsed, key);
    return content;
  }

  /** Keys of every state count, because a sender may have read the key set before a rotation. */
  private async candidates(jwe: UndecryptedJwe): Promise<StoredKey[]> {
    const { kid } = jwe;
    const named = kid === undefined ? undefined : await this.keySets.find(ENCRYPTION_KEY_SET, kid);
    if (kid !== undefined) return named && isFor(jwe, named) ? [named] : [];
    const { keys } = await this.keySets.get(ENCRYPTION_KEY_SET);
    return keys.filter((key) => isFor(jwe, key)).slice(0, MAX_CANDIDATES);
  }
}

function both(ours: readonly string[], theirs: readonly string[] = ours): string[] {
  return ours.filter((alg) => theirs.includes(alg));
}

async function decrypted(
  { text, alg, enc }: UndecryptedJwe,
  { decryptionKey }: StoredKey,
): Promise<string | undefined> {
  if (!decryptionKey) return undefined;
  try {
    const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc], maxDecompressedLength: 0 };
    const { plaintext } = await compactDecrypt(text, decryptionKey, options);
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
  } catch {
    return undefined; // no reason is told, and none is logged
  }
}
