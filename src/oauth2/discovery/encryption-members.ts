/** What is encrypted and how (OpenID Connect Discovery §3, JARM §4, RFC 9701 §7). Empty while nothing is. */
import type { Configuration } from '../../config/configuration.js';
import type { OidcConfigurationDto } from './discovery.dto.js';

type EncryptionMember = Extract<keyof OidcConfigurationDto, `${string}_encryption_${'alg' | 'enc'}_values_supported`>;

export function encryptionMembers({ oauth2 }: Configuration): Partial<Record<EncryptionMember, string[]>> {
  const { encryption, introspection, jarm } = oauth2;
  if (!encryption.enabled) return {};
  const { algs, encs } = encryption;
  return {
    id_token_encryption_alg_values_supported: algs,
    id_token_encryption_enc_values_supported: encs,
    userinfo_encryption_alg_values_supported: algs,
    userinfo_encryption_enc_values_supported: encs,
    request_object_encryption_alg_values_supported: algs,
    request_object_encryption_enc_values_supported: encs,
    ...(introspection.jwt && {
      introspection_encryption_alg_values_supported: algs,
      introspection_encryption_enc_values_supported: encs,
    }),
    ...(jarm.enabled && {
      authorization_encryption_alg_values_supported: algs,
      authorization_encryption_enc_values_supported: encs,
    }),
  };
}
