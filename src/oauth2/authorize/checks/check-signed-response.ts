import { signsMessages } from '../../../clients/security-profile/security-profile.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';

/** FAPI 2.0 Message Signing §5.4: a client that registered how its responses are signed gets no others. */
export const checkSignedResponse: ClientCheck = ({ client, responseMode }, configuration) => {
  const { authorization_signed_response_alg: alg } = client.metadata;
  if (alg === undefined || !configuration.oauth2.jarm.enabled || !signsMessages(client, configuration)) return;
  if (responseMode.endsWith('.jwt')) return;
  throw invalidRequest("Parameter 'response_mode' must be jwt, because the responses of the client are signed.");
};
