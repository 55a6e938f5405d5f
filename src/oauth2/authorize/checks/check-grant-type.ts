import { requireGrantType } from '../../../clients/client-permissions.js';
import { invalidGrant } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';
import { responseTypesOf } from '../response-types/index.js';

/** RFC 7591 §2.1: each response type requires certain grant types of the client. */
export const checkGrantType: ClientCheck = ({ client, responseTypes }) => {
  const needed = responseTypesOf(responseTypes).flatMap((type) => type.grantTypes(responseTypes));
  for (const grantType of needed) requireGrantType(client, grantType, invalidGrant);
};
