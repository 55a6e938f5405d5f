import { requireScope } from '../../../clients/client-permissions.js';
import { refuseManyScopes } from '../../../protocol/scope.js';
import type { ClientCheck } from '../proven-request.js';

/** RFC 6749 §3.3: a client may request only scopes that it is registered for. */
export const checkScope: ClientCheck = ({ client, scope }, { strategies }) => {
  refuseManyScopes(scope);
  requireScope(client, scope, strategies.scope);
};
