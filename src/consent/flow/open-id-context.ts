import type { AuthorizationRequest } from '../../protocol/authorization-request.js';

/** The parameters of an OpenID Connect request for the apps, as the admin API names them; only those that were sent. */
export interface OpenIdContext {
  acr_values?: string[];
  ui_locales?: string[];
  display?: string;
  login_hint?: string;
  id_token_hint_claims?: Record<string, unknown>;
}

export function openIdContextOf(request: AuthorizationRequest): OpenIdContext {
  return {
    ...(request.acrValues.length ? { acr_values: request.acrValues } : {}),
    ...(request.uiLocales.length ? { ui_locales: request.uiLocales } : {}),
    ...(request.display ? { display: request.display } : {}),
    ...(request.loginHint ? { login_hint: request.loginHint } : {}),
    ...(request.idTokenHintClaims ? { id_token_hint_claims: request.idTokenHintClaims } : {}),
  };
}
