import { X509Certificate } from 'node:crypto';
import { importPublicKey } from '../../keys/jwk.js';
import { isJsonObject } from '../../protocol/json.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { registeredCertificate } from '../certificates/registered-certificates.js';
import { givenSubjectMembers, SUBJECT_MEMBERS } from '../certificates/subject-members.js';
import type { ClientMetadata } from '../client-metadata.js';
import type { Registration } from './registration-rule.js';

/** RFC 8705 §2.1.2: exactly one member says which certificate is the client's. */
export async function checkTlsClientAuth({ metadata }: Registration): Promise<void> {
  const given = givenSubjectMembers(metadata);
  if (metadata.token_endpoint_auth_method === 'tls_client_auth' && given.length !== 1) {
    const names = SUBJECT_MEMBERS.map(({ name }) => `'${name}'`).join(', ');
    throw invalidClientMetadata(`token_endpoint_auth_method 'tls_client_auth' needs exactly one of ${names}.`);
  }
  for (const { member, value } of given) {
    if ((await member.canonical(value)) !== undefined) continue;
    throw invalidClientMetadata(`'${member.name}' must be ${member.expects}.`);
  }
}

/** RFC 8705 §2.2.2: the certificates of the client stand in its keys. */
export function checkSelfSignedTlsClientAuth({ metadata }: Registration): void {
  const { token_endpoint_auth_method: method, jwks, jwks_uri } = metadata;
  if (method !== 'self_signed_tls_client_auth' || jwks_uri) return;
  if (!jwks) throw invalidClientMetadata(`token_endpoint_auth_method '${method}' needs 'jwks' or 'jwks_uri'.`);
  const certified = keysOf(jwks).filter((key) => isJsonObject(key) && key.x5c !== undefined);
  if (certified.length === 0) {
    throw invalidClientMetadata(`token_endpoint_auth_method '${method}' needs a key with 'x5c' in 'jwks'.`);
  }
  if (!certified.every(isCertified)) {
    throw invalidClientMetadata(
      "'x5c' in 'jwks' must begin with the certificate of its key, DER in base64 (RFC 7517 §4.7).",
    );
  }
}

const keysOf = ({ keys }: NonNullable<ClientMetadata['jwks']>): readonly unknown[] => (Array.isArray(keys) ? keys : []);

function isCertified(key: unknown): boolean {
  const der = registeredCertificate(key);
  if (!der) return false;
  try {
    return new X509Certificate(der).publicKey.equals(importPublicKey(key as Parameters<typeof importPublicKey>[0]));
  } catch {
    return false;
  }
}
