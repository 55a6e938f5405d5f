import { firstRefusedAudience } from '../../../protocol/audience.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';

/** The reference's `audience`: one that is registered with the client, or lies below one. */
export const checkAudience: ClientCheck = ({ client, audience }) => {
  const refused = firstRefusedAudience(client.audience, audience);
  if (refused !== undefined) throw invalidRequest(`The client is not allowed to request audience '${refused}'.`);
};
