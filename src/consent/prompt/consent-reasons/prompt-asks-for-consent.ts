import type { ConsentReason } from './consent-reason.js';

/** OpenID Connect Core §3.1.2.1. */
export const promptAsksForConsent: ConsentReason = {
  name: 'prompt asks for consent',
  applies: ({ request }) => request.prompt.includes('consent'),
};
