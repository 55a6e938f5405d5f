import { isUuid } from '../../consent/sessions/ids.js';
import type { FormParams } from '../../http/form-params.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import type { GrantFilter } from '../issuance/live-grants.js';

/** Whose grants are listed. @throws OAuthError invalid_request where neither a subject nor a client is named */
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
