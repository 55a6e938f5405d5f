import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { asksForAcr } from '../prompt/asked-authentication.js';

/** OpenID Connect Registration §2: what the client registered counts where its request says nothing else. */
export function withClientDefaults(
  request: AuthorizationRequest,
  { metadata }: RegisteredClient,
  { oauth2 }: Configuration,
): AuthorizationRequest {
  const { default_max_age: maxAge, default_acr_values: acrValues = [] } = metadata;
  if (!oauth2.step_up.enabled || (maxAge === undefined && !acrValues.length)) return request;
  return {
    ...request,
    maxAge: request.maxAge ?? maxAge,
    acrValues: asksForAcr(request) ? request.acrValues : acrValues,
  };
}
