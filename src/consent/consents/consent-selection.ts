import type { FormParams } from '../../http/exchange/form-params.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { uuidOf } from '../../protocol/uuid.js';
import type { ConsentSelection } from './consents.js';

/**
 * The consents that a revocation selects: one by its id, those of a subject for a client, or all of a subject. Undefined if
 * the id is malformed. @throws OAuthError invalid_request for other combinations, so that nobody revokes too much by mistake
 */
export function consentSelectionOf(query: FormParams): ConsentSelection | undefined {
  const [subject, clientId, id] = [query.first('subject'), query.first('client'), query.first('consent_request_id')];
  const all = query.first('all') === 'true';
  if (id !== undefined && subject === undefined && clientId === undefined) {
    const uuid = uuidOf(id);
    return uuid === undefined ? undefined : { id: uuid };
  }
  if (id === undefined && subject !== undefined && all !== (clientId !== undefined)) return { subject, clientId };
  throw invalidRequest(
    "Send 'consent_request_id' alone, or 'subject' with either 'client' or 'all=true', as query parameters.",
  );
}
