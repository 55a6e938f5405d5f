import type { ConsentReason } from './consent-reason.js';
import { nothingRemembered } from './nothing-remembered.js';
import { promptAsksForConsent } from './prompt-asks-for-consent.js';
import { scopeNotCovered } from './scope-not-covered.js';
import { unprovenPublicClient } from './unproven-public-client.js';

/** In this order; the first that applies is the reason. */
export const CONSENT_REASONS: readonly ConsentReason[] = [
  promptAsksForConsent,
  unprovenPublicClient,
  nothingRemembered,
  scopeNotCovered,
];
