import { requireAuthorizationDetails } from '../../../clients/client-permissions.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import { askedDetails } from '../../issuance/asked-details.js';
import { requireLocations } from '../../issuance/wanted-audience.js';
import type { Check, ClientCheck } from '../proven-request.js';

/** RFC 9396 §2, §5. Details are granted with a code alone: nothing else tells the client what was granted (§7). */
export const checkAuthorizationDetails: Check = ({ client, parameters, responseTypes, ...wanted }, configuration) => {
  const details = askedDetails(parameters.authorization_details, configuration);
  if (!details) return;
  if (!responseTypes.includes('code')) {
    throw invalidRequest("Parameter 'authorization_details' needs a response type with 'code'.");
  }
  requireAuthorizationDetails(client, details, configuration);
  requireLocations(details, wanted);
};

/** What was asked in the beginning may not be allowed any more when the browser returns. */
export const checkAllowedDetails: ClientCheck = ({ client, authorizationDetails = [] }, configuration) => {
  requireAuthorizationDetails(client, authorizationDetails, configuration);
};
