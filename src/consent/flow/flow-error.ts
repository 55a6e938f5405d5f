import { accessDenied, OAuthError } from '../../protocol/oauth-error.js';
import type { FlowError } from './flow.js';

export function toFlowError(error: OAuthError): FlowError {
  const { code, status, description, hint } = error;
  return { code, status, description, hint };
}

export function fromFlowError({ code, status, description, hint, debug }: FlowError): OAuthError {
  return new OAuthError(code, { status, description, hint, cause: debug });
}

/** A verifier gives its result once. The second use is usually no attack, so the hint explains the usual reason. */
export function consentVerifierUsed(): OAuthError {
  return accessDenied(
    'The consent verifier was used before: another tab or a second click finished first. Start again from the application if it has no answer.',
  );
}
