/** The servers and clients that the FAPI 2.0 modules are played with. */
import type { Variant } from './stranger.js';

type Profile = 'fapi-2.0' | 'fapi-2.0-message-signing';

export interface CertifiedSite {
  name: string;
  /** Of the server. */
  floor?: Profile;
  variants: Variant[];
}

/** @param profile of the client; undefined where that of the server counts */
const plain = (profile?: Profile): Variant[] => [
  { name: 'private_key_jwt and DPoP', authentication: 'private_key_jwt', binding: 'dpop', profile },
  { name: 'private_key_jwt and mTLS', authentication: 'private_key_jwt', binding: 'mtls', profile, alg: 'PS256' },
  { name: 'mTLS twice', authentication: 'self_signed_tls_client_auth', binding: 'mtls', profile },
  { name: 'mTLS and DPoP', authentication: 'self_signed_tls_client_auth', binding: 'dpop', profile },
];
const signing = (profile?: Profile): Variant[] => [
  { ...one('private_key_jwt', 'dpop'), name: 'signed requests and responses, DPoP', profile, jarm: true },
  { ...one('private_key_jwt', 'mtls'), name: 'signed requests, mTLS', profile, alg: 'EdDSA' },
  {
    ...one('self_signed_tls_client_auth', 'mtls'),
    name: 'signed requests and responses, mTLS twice',
    profile,
    jarm: true,
  },
];
const one = (authentication: Variant['authentication'], binding: Variant['binding']) =>
  ({ authentication, binding, signs: true }) as const;

export const SECURITY_PROFILE_SITES: CertifiedSite[] = [
  { name: 'a client has the profile', variants: plain('fapi-2.0') },
  { name: 'the server has the profile', floor: 'fapi-2.0', variants: plain().slice(0, 2) },
];
export const MESSAGE_SIGNING_SITES: CertifiedSite[] = [
  { name: 'a client has the profile', variants: signing('fapi-2.0-message-signing') },
  { name: 'the server has the profile', floor: 'fapi-2.0-message-signing', variants: signing().slice(1) },
];

/** The configuration of such a server. */
export const certifiedSettings = (floor?: Profile): Record<string, unknown> => ({
  keys: { algorithm: 'PS256' },
  oauth2: {
    pushed_authorization_requests: { enabled: true },
    ...{ dpop: { enabled: true }, mtls: { enabled: true }, jarm: { enabled: true } },
    ...(floor && { security_profile: floor }),
  },
  ttl: { auth_code: '10m', pushed_authorization_request: '9m' },
});
