/**
 * Reads the keys of a file in any usual form: a JWK (RFC 7517), a set of them, or one key as PEM or DER in PKCS #1,
 * PKCS #8, SEC 1 or SubjectPublicKeyInfo, or an X.509 certificate.
 */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { JWK } from 'jose';
import { CommandFailed } from '../command-failed.js';
import { jsonIn } from '../input/read-input.js';

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;

/** @param name the name of the file in messages @throws CommandFailed where it holds no key */
export function parseKeys(content: Buffer, name: string): JWK[] {
  const text = content.toString();
  if (/^\s*[{[]/.test(text.replace(/^\uFEFF/, ''))) return jsonKeys(jsonIn(content, name), name);
  if (text.includes('-----BEGIN')) return [pemKey(text, name)];
  const key = firstOf(DER_FORMS.map((read) => () => read(content)));
  if (key) return [key];
  throw new CommandFailed(
    `${name} holds no key: write a JWK, or PEM or DER in PKCS #1, PKCS #8, SEC 1, SPKI or X.509.`,
  );
}

function jsonKeys(found: unknown, name: string): JWK[] {
  const { keys } = found as { keys?: unknown };
  const list: unknown[] = Array.isArray(keys) ? keys : [found];
  if (list.length > 0 && list.every((key) => typeof (key as JWK | null)?.kty === 'string')) return list as JWK[];
  throw new CommandFailed(`${name} holds no JWK: a key has at least the member kty.`);
}

/** Finds the key among the PEM blocks: `openssl ecparam -genkey` writes parameters before it. */
function pemKey(text: string, name: string): JWK {
  const blocks = [...text.matchAll(PEM_BLOCK)].map(([block]) => block);
  if (blocks.some((block) => /ENCRYPTED/.test(block))) {
    throw new CommandFailed(`The key in ${name} is encrypted: decrypt it first, as with openssl pkey.`);
  }
  const key = firstOf(blocks.flatMap((block) => PEM_FORMS.map((read) => () => read(block))));
  if (key) return key;
  throw new CommandFailed(`${name} holds no key that can be read in PEM form.`);
}

const PEM_FORMS: ((block: string) => JWK)[] = [
  (block) => asJwk(createPrivateKey(block)),
  (block) => certificateKey(block),
  (block) => asJwk(createPublicKey(block)),
];

const DER_FORMS: ((content: Buffer) => JWK)[] = [
  ...(['pkcs8', 'pkcs1', 'sec1'] as const).map(
    (type) => (key: Buffer) => asJwk(createPrivateKey({ key, format: 'der', type })),
  ),
  certificateKey,
  ...(['spki', 'pkcs1'] as const).map((type) => (key: Buffer) => asJwk(createPublicKey({ key, format: 'der', type }))),
];

/** The key with its certificate (RFC 7517 §4.7). */
function certificateKey(content: Buffer | string): JWK {
  const { publicKey, raw } = new X509Certificate(content);
  return { ...asJwk(publicKey), x5c: [raw.toString('base64')] };
}

const asJwk = (key: KeyObject): JWK => key.export({ format: 'jwk' });

function firstOf(attempts: readonly (() => JWK)[]): JWK | undefined {
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch {
      // try the next form
    }
  }
  return undefined;
}
