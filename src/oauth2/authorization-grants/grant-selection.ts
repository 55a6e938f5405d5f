import type { FormParams } from '../../http/exchange/form-params.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { isUuid } from '../../protocol/uuid.js';
import type { GrantFilter } from '../issuance/live-grants.js';

/** Reads the filter of the list. @throws OAuthError invalid_request if neither a subject nor a client is named */
export function grantFilterOf(query: FormParams): GrantFilter {
  const [subject, clientId, sessionId] = [
    query.first('subject'),
    query.first('client'),
    query.first('login_session_id'),
  ];
  if (sessionId !== undefined && !isUuid(sessionId)) {
    throw invalidRequest("Query parameter 'login_session_id' must be a UUID: the claim 'sid' of an ID token.");
  }
  if (subject) return { subject, clientId, sessionId };
  if (sessionId !== undefined) throw invalidRequest("Send 'subject' with 'login_session_id'.");
  if (clientId) return { clientId };
  throw invalidRequest("Name whose grants are listed with query parameter 'subject', 'client', or both.");
}
