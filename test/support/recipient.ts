import {
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  type CompactJWEHeaderParameters,
  type CryptoKey,
  type JWK,
} from 'jose';

/** Somebody whom others encrypt to. */
export class Recipient {
  private constructor(
    /** The public key. */
    readonly jwk: JWK,
    private readonly privateKey: CryptoKey,
  ) {}

  static async make(alg: string, over: Partial<JWK> = {}): Promise<Recipient> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    return new Recipient({ ...(await exportJWK(publicKey)), kid: `for ${alg}`, alg, use: 'enc', ...over }, privateKey);
  }

  /** Decrypts a JWE in compact form. */
  async open(jwe: string): Promise<{ header: CompactJWEHeaderParameters; text: string }> {
    const { plaintext, protectedHeader: header } = await compactDecrypt(jwe, this.privateKey);
    return { header, text: new TextDecoder().decode(plaintext) };
  }
}
