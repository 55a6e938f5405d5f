import type { JWK } from 'jose';
import { OutboundError } from '../../http/outbound/outbound-error.js';
import type { KeyEncryptionAlgorithm } from '../../keys/encryption-algorithms.js';
import { JwkSet } from '../../jwt/jwk-set.js';
import { readKeySet } from '../../jwt/remote-key-sets.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { type ClientMetadata, ENCRYPTED_RESPONSES, ENCRYPTIONS } from '../client-metadata.js';
import { mayReachPrivate } from '../private-reach.js';
import type { Registration, RuleContext } from './registration-rule.js';

/** OpenID Connect Registration §2: algorithms that this server uses, and none for the content alone. */
export function checkEncryptionAlgorithms({ metadata }: Registration, { configuration }: RuleContext): void {
  const { algs, encs } = configuration.oauth2.encryption;
  for (const name of ENCRYPTIONS) {
    const [alg, enc] = [metadata[`${name}_alg`], metadata[`${name}_enc`]];
    if (alg === undefined && enc === undefined) continue;
    if (alg === undefined) throw invalidClientMetadata(`'${name}_enc' needs '${name}_alg'.`);
    if (!algs.includes(alg)) throw invalidClientMetadata(`'${name}_alg' must be one of ${algs.join(', ')}.`);
    if (enc !== undefined && !encs.includes(enc)) {
      throw invalidClientMetadata(`'${name}_enc' must be one of ${encs.join(', ')}.`);
    }
  }
}

/** A client that wants responses encrypted must have a key for that. */
export async function checkRecipientKeys({ metadata }: Registration, context: RuleContext): Promise<void> {
  const wanted = ENCRYPTED_RESPONSES.filter((name) => metadata[`${name}_encrypted_response_alg`] !== undefined);
  if (wanted.length === 0) return;
  const keys = metadata.jwks_uri === undefined ? (metadata.jwks?.keys ?? []) : await published(metadata, context);
  const set = keys && new JwkSet(keys);
  for (const name of wanted) {
    const alg = metadata[`${name}_encrypted_response_alg`] as KeyEncryptionAlgorithm;
    if (!set || set.recipientOf(alg)) continue;
    throw invalidClientMetadata(
      `'${name}_encrypted_response_alg' needs a public key for ${alg} in 'jwks' or at 'jwks_uri'.`,
    );
  }
}

/**
 * Undefined if the address cannot be read now: a fault of another server must not keep an operator from changing a client, and
 * nothing is sent in the clear to a client without a key.
 */
async function published(metadata: ClientMetadata, context: RuleContext): Promise<JWK[] | undefined> {
  const { configuration, documents } = context;
  const allowPrivate = mayReachPrivate(metadata, configuration);
  try {
    return await readKeySet(documents, { uri: metadata.jwks_uri ?? '', allowPrivate });
  } catch (error) {
    if (error instanceof OutboundError) return undefined;
    return [];
  }
}
