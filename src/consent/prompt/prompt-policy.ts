/**
 * Who is asked what (OpenID Connect Core §3.1.2.3, §3.1.2.4): why a person must log in or consent, and whether a login does
 * for its request. Each rule is a file of its own; here is only what follows from them.
 */
import { consentRequired, loginRequired, type OAuthError } from '../../protocol/oauth-error.js';
import { CONSENT_REASONS } from './consent-reasons/index.js';
import type { ConsentSituation } from './consent-reasons/consent-reason.js';
import { LOGIN_CHECKS } from './login-checks/index.js';
import type { LoginOutcome } from './login-checks/login-check.js';
import { LOGIN_REASONS } from './login-reasons/index.js';
import type { LoginSituation } from './login-reasons/login-reason.js';

/** Whether the login may be skipped. @throws OAuthError login_required where it may not and `prompt=none` */
export function maySkipLogin(situation: LoginSituation): boolean {
  const reason = LOGIN_REASONS.find((candidate) => candidate.applies(situation));
  if (!reason) return true;
  if (!situation.request.prompt.includes('none')) return false;
  throw loginRequired(`The request had 'prompt=none', but ${reason.name}: ${reason.advice ?? 'ask without it'}.`);
}

/** Why the login does not do for the request, if so. */
export function refuseLogin(outcome: LoginOutcome): OAuthError | undefined {
  for (const check of LOGIN_CHECKS) {
    const refusal = check(outcome);
    if (refusal) return refusal;
  }
  return undefined;
}

/** Whether consent may be skipped, or the error where it may not and `prompt=none`. */
export function maySkipConsent(situation: ConsentSituation): boolean | OAuthError {
  const reason = CONSENT_REASONS.find((candidate) => candidate.applies(situation));
  if (!reason) return true;
  if (!situation.request.prompt.includes('none')) return false;
  return consentRequired(`The request had 'prompt=none', but ${reason.name}: ask without it.`);
}
