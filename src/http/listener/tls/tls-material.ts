/** Reads and decodes certificate and key of a listener, and checks that they belong together. */
import { readFileSync } from 'node:fs';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { PemSource, TlsConfiguration } from '../../../config/configuration.js';

export interface TlsMaterial {
  /** PEM texts. */
  cert: string;
  key: string;
  /** When the first certificate in the text expires. */
  endsAt: Date;
}

/** The certificate or key is unusable. The message is for the operator and holds nothing of the key. */
export class TlsMaterialError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'TlsMaterialError';
  }
}

/** @throws TlsMaterialError where a file cannot be read, or certificate and key do not match */
export function readTlsMaterial({ cert, key }: TlsConfiguration): TlsMaterial {
  const texts = { cert: pemOf(cert, 'certificate'), key: pemOf(key, 'key') };
  const names = `certificate ${placeOf(cert)} and key ${placeOf(key)}`;
  try {
    const certificate = new X509Certificate(texts.cert);
    if (!certificate.checkPrivateKey(createPrivateKey(texts.key))) {
      throw new TlsMaterialError(`The ${names} do not belong together.`);
    }
    createSecureContext(texts); // refuses keys that are too short
    return { ...texts, endsAt: new Date(certificate.validTo) };
  } catch (error) {
    if (error instanceof TlsMaterialError) throw error;
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    const problem = `The ${names} cannot be used (${code}): PEM texts are expected, the key without a passphrase.`;
    throw new TlsMaterialError(problem, error);
  }
}

function pemOf({ path, base64 }: PemSource, what: string): string {
  if (base64) return Buffer.from(base64, 'base64').toString();
  try {
    return readFileSync(path ?? '', 'utf8');
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    throw new TlsMaterialError(`The ${what} ${path ?? ''} cannot be read (${code}).`, error);
  }
}

const placeOf = ({ path, base64 }: PemSource): string => (base64 ? 'of the configuration' : (path ?? ''));
