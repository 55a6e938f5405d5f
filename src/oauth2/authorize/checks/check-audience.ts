import { requireWanted } from '../../issuance/wanted-audience.js';
import type { ClientCheck } from '../proven-request.js';

/** Hydra's `audience` and `resource` (RFC 8707 §2.1): the client must be allowed to ask for each. */
export const checkAudience: ClientCheck = ({ client, audience, resources }, configuration) => {
  requireWanted(client, { audience: [...audience], resources }, configuration);
};
