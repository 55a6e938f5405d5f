/**
 * PBKDF2 (RFC 8018 §5.2) in the thread pool. Stored as `$pbkdf2-sha256$i=<rounds>,l=<bytes>$<salt>$<key>`, salt and key
 * in unpadded standard base64.
 */
import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { equalBytes } from './digest.js';

const derive = promisify(pbkdf2);

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** The limit of node:crypto. */
const MAX_ITERATIONS = 2 ** 31 - 1;
const FORM =
  /^\$pbkdf2-(sha1|sha256|sha512)\$i=([1-9]\d{0,9}),l=([1-9]\d{0,3})\$([A-Za-z0-9+/]*)={0,2}\$([A-Za-z0-9+/]+)={0,2}$/;

export function isPbkdf2Hash(hash: string): boolean {
  return hash.startsWith('$pbkdf2-');
}

/** Whether nothing of the hash is missing, and its digest and rounds are those that can be computed. */
export function isWholePbkdf2Hash(hash: string): boolean {
  return parse(hash) !== undefined;
}

export async function pbkdf2Hash(secret: string, iterations: number): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return format(iterations, salt, await derive(secret, salt, iterations, KEY_BYTES, 'sha256'));
}

export async function verifyPbkdf2(secret: string, hash: string): Promise<boolean> {
  const parsed = parse(hash);
  if (!parsed) return false;
  const { digest, iterations, salt, key } = parsed;
  return equalBytes(await derive(secret, salt, iterations, key.length, digest), key);
}

/** Undefined for a damaged hash. */
function parse(hash: string): { digest: string; iterations: number; salt: Buffer; key: Buffer } | undefined {
  const [, digest, iterations, length, salt = '', text] = FORM.exec(hash) ?? [];
  if (!digest || !text || Number(iterations) > MAX_ITERATIONS) return undefined;
  const key = Buffer.from(text, 'base64');
  if (key.length !== Number(length)) return undefined;
  return { digest, iterations: Number(iterations), salt: Buffer.from(salt, 'base64'), key };
}

export function dummyPbkdf2Hash(iterations: number): string {
  return format(iterations, randomBytes(SALT_BYTES), randomBytes(KEY_BYTES));
}

function format(iterations: number, salt: Buffer, key: Buffer): string {
  return `$pbkdf2-sha256$i=${iterations},l=${key.length}$${unpadded(salt)}$${unpadded(key)}`;
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
