import type { Plan } from './kind.js';
import { planKeySet } from './key-set.js';
import { planClient } from './oauth2-client.js';
import { planTrustedIssuer } from './trusted-issuer.js';

/** One line for each kind, in the order in which they are applied: keys before clients and issuers that rely on them. */
export const KINDS: ReadonlyMap<string, Plan> = new Map([
  ['JsonWebKeySet', planKeySet],
  ['TrustedIssuer', planTrustedIssuer],
  ['OAuth2Client', planClient],
]);
