/** Makes session cookies as Hydra does. */
import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

interface Made {
  secret: string;
  /** False: the secret is a system secret, which Hydra hashes first. */
  ofCookies?: boolean;
  name: string;
  /** The values of the session, usually `sid`. */
  values: Record<string, string>;
  issuedAt: Date;
}

/** What Go writes ahead of the value: the definition of a map whose keys and values are interfaces. */
const DEFINITION = Buffer.from('0d7f040102ff80000110011000' + '00', 'hex');

export function makeHydraCookie({ secret, ofCookies = false, name, values, issuedAt }: Made): string {
  const key = ofCookies ? Buffer.from(secret) : sha256(secret);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-ctr', sha256(key), iv);
  const body = padded(Buffer.concat([iv, cipher.update(gobOf(values)), cipher.final()]));
  const signed = `${Math.floor(issuedAt.getTime() / 1000)}|${body}|`;
  const mac = createHmac('sha256', key)
    .update(`${name}|${signed.slice(0, -1)}`)
    .digest();
  return padded(Buffer.concat([Buffer.from(signed), mac]));
}

export function gobOf(values: Record<string, string>): Buffer {
  const entries = Object.entries(values).flat().map(inInterface);
  const count = uint(Object.keys(values).length);
  return Buffer.concat([DEFINITION, message(Buffer.from('ff80' + '00', 'hex'), count, ...entries)]);
}

function inInterface(text: string): Buffer {
  const value = Buffer.concat([Buffer.of(0), message(Buffer.from(text))]);
  return Buffer.concat([message(Buffer.from('string')), Buffer.of(12), message(value)]);
}

function message(...parts: Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([uint(bytes.length), bytes]);
}

function uint(number: number): Buffer {
  return number < 0x80 ? Buffer.of(number) : Buffer.of(0xfe, number >> 8, number & 0xff);
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

/** base64url with padding. */
const padded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
