/** Checks a request to trust an issuer (RFC 7523 §3) in the same order as Hydra. */
import type { JWK } from 'jose';
import { findForeignKeyFault } from '../keys/foreign-keys.js';
import { publicPart } from '../keys/jwk.js';
import { isKeyName, requireKeyName } from '../keys/key-name.js';
import { ACCESS_TOKEN_KEY_SET, ID_TOKEN_KEY_SET } from '../protocol/constants.js';
import { badRequest } from '../protocol/admin-error.js';
import { missingRequiredParameter } from '../protocol/oauth-error.js';
import { parseTimestamp } from '../protocol/timestamp.js';
import type { TrustOAuth2JwtGrantIssuerDto } from './trusted-issuer.dto.js';

export interface TrustRequest {
  issuer: string;
  /** Empty where any subject is accepted. */
  subject: string;
  scope: string[];
  /** Only the public part of the key, even if a private key was sent. */
  jwk: JWK & { kid: string };
  expiresAt: Date;
}

/** The zero time of Go, which SDKs send for a time that was never set. */
const NO_TIME = /^0001-01-01T00:00:00Z$/;

/** @throws OAuthError 400 that names the member */
export async function readTrustRequest(sent: TrustOAuth2JwtGrantIssuerDto): Promise<TrustRequest> {
  const { issuer, jwk } = sent;
  if (!issuer) throw missingRequiredParameter('issuer must be set.');
  const subject = readSubject(sent);
  const expires = sent.expires_at;
  if (!expires || NO_TIME.test(expires)) throw missingRequiredParameter('expires_at must be set.');
  if (!jwk?.kid) throw missingRequiredParameter('jwk must be set and have a kid.');
  requireFreeName(issuer);
  requireKeyName('jwk.kid', jwk.kid);
  return { issuer, subject, scope: sent.scope ?? [], jwk: await readKey(jwk, jwk.kid), expiresAt: readTime(expires) };
}

function readSubject({ subject = '', allow_any_subject: any = false }: TrustOAuth2JwtGrantIssuerDto): string {
  if (!subject && !any) throw missingRequiredParameter('Either subject or allow_any_subject must be set.');
  if (subject && any) throw missingRequiredParameter('subject and allow_any_subject exclude each other: send one.');
  if (!isKeyName(subject)) throw badRequest('subject may have at most 255 characters.');
  return subject;
}

/** The key would be stored in a key set of this server, which would publish it as its own key. */
function requireFreeName(issuer: string): void {
  requireKeyName('issuer', issuer);
  if (issuer === ID_TOKEN_KEY_SET || issuer === ACCESS_TOKEN_KEY_SET) {
    throw badRequest('issuer must not be the name of a key set of this server.');
  }
}

async function readKey(sent: JWK, kid: string): Promise<JWK & { kid: string }> {
  const fault = await findForeignKeyFault(sent);
  if (fault) throw badRequest(`jwk: ${fault}`);
  const jwk = publicPart(sent);
  if (!jwk || sent.use === 'enc') throw badRequest('jwk must be a public key for signatures: RSA, EC or OKP.');
  return { ...jwk, kid };
}

function readTime(text: string): Date {
  const time = parseTimestamp(text);
  if (!time) throw badRequest('expires_at must be a time as in RFC 3339, such as 2030-01-31T12:00:00Z.');
  return time;
}
