import type { FormParams } from '../../http/form-params.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import type { ConsentSelection } from '../consent/consents.js';
import { uuidOf } from './ids.js';

/**
 * Which consents a revocation names: one by its id, those of a subject for a client, or all of a subject. Undefined: an id
 * that none has. @throws OAuthError invalid_request for any other combination, so that nobody revokes more than they meant
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
