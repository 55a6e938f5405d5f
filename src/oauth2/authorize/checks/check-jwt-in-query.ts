import { encryptionOf } from '../../../clients/response-encryption.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';
import { defaultResponseMode } from '../response-types/index.js';

/** JARM §2.3.1: a token in a query needs encryption, because servers log queries. */
export const checkJwtInQuery: ClientCheck = ({ client, responseMode, responseTypes }, configuration) => {
  if (responseMode !== 'query.jwt' || defaultResponseMode(responseTypes) === 'query') return;
  if (encryptionOf(client.metadata, 'authorization', configuration)) return;
  throw invalidRequest(
    "Parameter 'response_mode' must be fragment.jwt or form_post.jwt for this response type, unless the client registers 'authorization_encrypted_response_alg'.",
  );
};
