import { invalidGrant } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';
import { responseTypesOf } from '../response-types/index.js';

/** RFC 7591 §2.1: each response type belongs to grant types. */
export const checkGrantType: ClientCheck = ({ client, responseTypes }) => {
  const missing = responseTypesOf(responseTypes)
    .flatMap((type) => type.grantTypes(responseTypes))
    .find((grantType) => !client.mayUse(grantType));
  if (missing !== undefined) {
    throw invalidGrant(`The client must be registered for grant type '${missing}' to use this response type.`);
  }
};
