/** Encrypts what is sent to clients that registered for it (RFC 7516, OpenID Connect Core §10.2). */
import { Injectable } from '@nestjs/common';
import { CompactEncrypt, type JWK } from 'jose';
import type { Configuration } from '../config/configuration.js';
import { ConfigHolder } from '../config/config-holder.js';
import type { KeyEncryptionAlgorithm } from '../keys/encryption-algorithms.js';
import { serverError } from '../protocol/oauth-error.js';
import { ClientKeys } from './client-keys.js';
import type { ClientMetadata, EncryptedResponse } from './client-metadata.js';
import type { RegisteredClient } from './registered-client.js';

interface Encryption {
  alg: KeyEncryptionAlgorithm;
  enc: string;
}

/** Returns a JWE in compact form. `cty` tells what is inside: a signed JWT (RFC 7519 §5.2), or else JSON. */
export type Encrypt = (text: string, cty?: 'JWT') => Promise<string>;

/** What a key encrypts to prove that it can. */
const TRIAL = 'a trial';

/** OpenID Connect Registration §2: where a client registered an algorithm for the key only. */
const USUAL_ENC = 'A128CBC-HS256';

/** What the client registered for the response. Undefined if it is sent unencrypted, as all are while encryption is off. */
export function encryptionOf(
  metadata: ClientMetadata,
  response: EncryptedResponse,
  { oauth2 }: Configuration,
): Encryption | undefined {
  const alg = metadata[`${response}_encrypted_response_alg`];
  if (!oauth2.encryption.enabled || alg === undefined) return undefined;
  const enc = metadata[`${response}_encrypted_response_enc`] ?? USUAL_ENC;
  return { alg: alg as KeyEncryptionAlgorithm, enc };
}

@Injectable()
export class ResponseEncryption {
  /** Keys that have encrypted something. */
  private readonly proven = new WeakSet<JWK>();

  constructor(
    private readonly keys: ClientKeys,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Returns what encrypts the response, or undefined if the client did not register for that. It is asked for before
   * anything is spent.
   * @throws OAuthError server_error if the client has no such key any more, or the algorithm is no longer allowed: a response
   * is never sent in the clear to a client that registered for encryption
   */
  async prepare(client: RegisteredClient, response: EncryptedResponse): Promise<Encrypt | undefined> {
    const { current } = this.config;
    const wanted = encryptionOf(client.metadata, response, current);
    if (!wanted) return undefined;
    const { algs, encs } = current.oauth2.encryption;
    if (!algs.includes(wanted.alg) || !encs.includes(wanted.enc)) {
      throw serverError(`This server no longer allows the '${response}_encrypted_response_alg' or enc of the client.`);
    }
    const key = await this.recipient(client, wanted).catch((cause: unknown) => {
      throw serverError(`No key of the client fits its '${response}_encrypted_response_alg': publish one.`, cause);
    });
    return (text, cty) => encrypt(text, key, { ...wanted, cty });
  }

  /** Not every key that has the right form can be encrypted to, and after this nothing may fail. */
  private async recipient(client: RegisteredClient, wanted: Encryption): Promise<JWK> {
    const key = await this.keys.recipient(client, wanted.alg);
    if (!this.proven.has(key)) {
      await encrypt(TRIAL, key, wanted);
      this.proven.add(key);
    }
    return key;
  }
}

function encrypt(text: string, key: JWK, header: Encryption & { cty?: string }): Promise<string> {
  const { alg, enc, cty } = header;
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg, enc, ...(key.kid !== undefined && { kid: key.kid }), ...(cty !== undefined && { cty }) })
    .encrypt(key);
}
