/**
 * Security profiles: one name stands for a set of rules of FAPI 2.0. A client has one by its registration, and `oauth2.
 * security_profile` is the least that every client has. This folder holds the rules; whoever applies one asks here.
 */
import type { Configuration } from '../../config/configuration.js';

/** FAPI 2.0 Security Profile, and with FAPI 2.0 Message Signing, which demands more. */
export const SECURITY_PROFILES = ['fapi-2.0', 'fapi-2.0-message-signing'] as const;

export type SecurityProfile = (typeof SECURITY_PROFILES)[number];

/** What a profile rests on: the registered metadata. */
interface Registered {
  metadata: { security_profile?: SecurityProfile };
}

/** The stricter of the client's own profile and that of the server. */
export function profileOf({ metadata }: Registered, { oauth2 }: Configuration): SecurityProfile | undefined {
  const { security_profile: own } = metadata;
  const { security_profile: floor } = oauth2;
  if (own === undefined || floor === undefined) return own ?? floor;
  return own === 'fapi-2.0' ? floor : own;
}

/** Whether the rules of FAPI 2.0 hold for the client. */
export function isUnderFapi(client: Registered, configuration: Configuration): boolean {
  return profileOf(client, configuration) !== undefined;
}

/** Whether its authorization requests must be signed as well (FAPI 2.0 Message Signing §5.3). */
export function signsMessages(client: Registered, configuration: Configuration): boolean {
  return profileOf(client, configuration) === 'fapi-2.0-message-signing';
}
