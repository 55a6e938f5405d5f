/**
 * The reasons to ask a person for consent, although there may be an earlier consent (OpenID Connect Core §3.1.2.4). Each
 * reason is one constant; CONSENT_REASONS at the end is their order.
 */
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { equalsGranted } from '../../protocol/compare-authorization-details.js';
import { consentRequired, type OAuthError } from '../../protocol/oauth-error.js';
import { isTrustedPublicRedirectUri } from '../../protocol/redirect-uri.js';
import { firstRefusedScope, type ScopeStrategy } from '../../protocol/scope.js';
import type { RememberedConsent } from '../consents/consents.js';

export interface ConsentSituation {
  request: AuthorizationRequest;
  client: RegisteredClient;
  /** The newest remembered consent of subject and client, unless it has expired. */
  remembered?: RememberedConsent;
  scopeStrategy: ScopeStrategy;
}

interface ConsentReason {
  readonly name: string;
  applies(situation: ConsentSituation): boolean;
}

/** Whether consent may be skipped; an error if it may not and the request has `prompt=none`. */
export function maySkipConsent(situation: ConsentSituation): boolean | OAuthError {
  const reason = CONSENT_REASONS.find((candidate) => candidate.applies(situation));
  if (!reason) return true;
  if (!situation.request.prompt.includes('none')) return false;
  return consentRequired(`The request had 'prompt=none', but ${reason.name}: ask without it.`);
}

/** OpenID Connect Core §3.1.2.1. */
const promptAsksForConsent: ConsentReason = {
  name: 'prompt asks for consent',
  applies: ({ request }) => request.prompt.includes('consent'),
};

/**
 * RFC 6749 §10.2, RFC 8252 §8.6: anybody can pretend to be a public client. Only an https or loopback redirect URI ensures
 * that the response reaches the client; a device has no redirect URI.
 */
const unprovenPublicClient: ConsentReason = {
  name: 'nothing proves the public client',
  applies: ({ request, client }) =>
    client.isPublic && (request.deviceAuthorization !== undefined || !isTrustedPublicRedirectUri(request.redirectUri)),
};

const nothingRemembered: ConsentReason = {
  name: 'no consent is remembered',
  applies: ({ remembered }) => remembered === undefined,
};

/** Only the newest remembered consent counts, and it must cover every requested scope. */
const scopeNotCovered: ConsentReason = {
  name: 'more is asked than was granted',
  applies: ({ request, remembered, scopeStrategy }) =>
    firstRefusedScope(scopeStrategy, remembered?.scope ?? [], request.scope) !== undefined,
};

/** A token for a further service needs consent. A URL below the URL of an audience is a different audience. */
const audienceNotCovered: ConsentReason = {
  name: 'more audiences are asked for than were granted',
  applies: ({ request, remembered }) => {
    const granted = new Set(remembered?.audience);
    return request.audience.some((audience) => !granted.has(audience));
  },
};

/** RFC 9396 §7.1: a detail may be one payment, so each that is asked for must equal one that was granted. */
const detailsNotCovered: ConsentReason = {
  name: 'other authorization details are asked for than were granted',
  applies: ({ request, remembered }) =>
    !equalsGranted(remembered?.authorizationDetails ?? [], request.authorizationDetails ?? []),
};

/** Checked in this order; the first that applies is the reason. */
const CONSENT_REASONS: readonly ConsentReason[] = [
  promptAsksForConsent,
  unprovenPublicClient,
  nothingRemembered,
  scopeNotCovered,
  audienceNotCovered,
  detailsNotCovered,
];
