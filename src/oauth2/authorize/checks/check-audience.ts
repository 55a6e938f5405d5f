import { requireAudience } from '../../../clients/client-permissions.js';
import { refuseManyAudiences } from '../../../protocol/audience.js';
import type { ClientCheck } from '../proven-request.js';

/** The parameter `audience` of Hydra: each must be registered with the client, or lie below a registered one. */
export const checkAudience: ClientCheck = ({ client, audience }) => {
  refuseManyAudiences(audience);
  requireAudience(client, audience);
};
