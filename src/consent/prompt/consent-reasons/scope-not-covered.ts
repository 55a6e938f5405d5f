import { firstRefusedScope } from '../../../protocol/scope.js';
import type { ConsentReason } from './consent-reason.js';

/** The newest remembered consent alone counts, and must cover every requested scope. */
export const scopeNotCovered: ConsentReason = {
  name: 'more is asked than was granted',
  applies: ({ request, rememberedScope = [], scopeStrategy }) =>
    firstRefusedScope(scopeStrategy, rememberedScope, request.scope) !== undefined,
};
