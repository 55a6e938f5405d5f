import { invalidScope } from '../../../protocol/oauth-error.js';
import { firstRefusedScope } from '../../../protocol/scope.js';
import type { ClientCheck } from '../proven-request.js';

/** RFC 6749 §3.3: a client asks for what it is registered for. */
export const checkScope: ClientCheck = ({ client, scope }, { strategies }) => {
  const refused = firstRefusedScope(strategies.scope, client.scope, scope);
  if (refused !== undefined) throw invalidScope(`The client is not allowed to request scope '${refused}'.`);
};
