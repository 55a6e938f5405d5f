import type { RegisteredClient } from '../../../clients/registered-client.js';
import type { AuthorizationRequest } from '../../../protocol/authorization-request.js';
import type { ScopeStrategy } from '../../../protocol/scope.js';

export interface ConsentSituation {
  request: AuthorizationRequest;
  client: RegisteredClient;
  /** What the newest remembered consent of subject and client granted. */
  rememberedScope?: readonly string[];
  scopeStrategy: ScopeStrategy;
}

/** Why the person is asked for consent, though they may have given one before. */
export interface ConsentReason {
  readonly name: string;
  applies(situation: ConsentSituation): boolean;
}
