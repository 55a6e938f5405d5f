import { randomFrom } from '../crypto/random.js';

/** Unreserved characters of URLs (RFC 3986 §2.3): they survive every encoding. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~';
/** 157 bits. */
const LENGTH = 26;

export function generateSecret(): string {
  return randomFrom(ALPHABET, LENGTH);
}
