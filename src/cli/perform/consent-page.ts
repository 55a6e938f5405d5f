/** A consent page for trials, for servers whose `urls.consent` points to it. */
import { escapeHtml } from '../../http/replies/page.js';
import type { Api } from '../api/api.js';
import { answerRequest } from './answer-request.js';
import { FORM_TOKEN_FIELD, type LocalReply, requireOwnForm, type Route } from './local-app.js';

interface ConsentRequest {
  skip: boolean;
  subject: string;
  client?: { client_id?: string; client_name?: string };
  requested_scope?: string[] | null;
  requested_access_token_audience?: string[] | null;
}

interface ConsentSession {
  consent_request?: { client?: { client_id?: string } };
}

const REQUESTS = '/admin/oauth2/auth/requests/consent';
const SESSIONS = '/admin/oauth2/auth/sessions/consent';
const REMEMBER_SECONDS = 3600;

/** @param skip whether an earlier consent is given again without asking */
export function consentPage(api: Api, skip: boolean): Route {
  return async ({ method, query, form }) => {
    const challenge = (method === 'POST' ? form : query).get('consent_challenge') ?? '';
    const found = await api.call('GET', REQUESTS, { query: { consent_challenge: challenge } });
    const request = found.body as ConsentRequest;
    if (method === 'POST') {
      requireOwnForm(form);
      return decide(api, challenge, form, request);
    }
    if (request.skip && skip) return accept(api, challenge, request, { scope: request.requested_scope ?? [] });
    return consentForm(challenge, request, await countGiven(api, request));
  };
}

async function decide(
  api: Api,
  challenge: string,
  form: URLSearchParams,
  request: ConsentRequest,
): Promise<LocalReply> {
  switch (form.get('action')) {
    case 'accept':
      return accept(api, challenge, request, { scope: form.getAll('scope'), remember: form.has('remember') });
    case 'revoke':
      await api.call('DELETE', SESSIONS, { query: { subject: request.subject, client: request.client?.client_id } });
      return { location: `/consent?${new URLSearchParams({ consent_challenge: challenge }).toString()}` };
    default:
      return goOn(api, 'reject', challenge, {
        error: 'access_denied',
        error_description: 'The person did not consent.',
      });
  }
}

function accept(
  api: Api,
  challenge: string,
  request: ConsentRequest,
  { scope, remember = true }: { scope: string[]; remember?: boolean },
): Promise<LocalReply> {
  return goOn(api, 'accept', challenge, {
    grant_scope: scope,
    grant_access_token_audience: request.requested_access_token_audience ?? [],
    remember,
    remember_for: REMEMBER_SECONDS,
  });
}

function goOn(api: Api, answer: string, challenge: string, json: object): Promise<LocalReply> {
  return answerRequest(api, `${REQUESTS}/${answer}`, { consent_challenge: challenge }, json);
}

/** Counts earlier consents of the person to this client; the first page of the list is enough. */
async function countGiven(api: Api, { subject, client }: ConsentRequest): Promise<number> {
  const { body } = await api.call('GET', SESSIONS, { query: { subject } });
  const sessions = Array.isArray(body) ? (body as ConsentSession[]) : [];
  return sessions.filter((session) => session.consent_request?.client?.client_id === client?.client_id).length;
}

function consentForm(challenge: string, request: ConsentRequest, given: number): LocalReply {
  const { client, subject, requested_scope: scopes } = request;
  const name = client?.client_name || client?.client_id || 'An application';
  const boxes = (scopes ?? []).map(
    (scope) =>
      `<label><input type="checkbox" name="scope" value="${escapeHtml(scope)}" checked> ${escapeHtml(scope)}</label>`,
  );
  const revoke = `<p class="hint">You consented to this application before.</p>
<button class="quiet" name="action" value="revoke">Revoke what you consented to before</button>`;
  return {
    title: 'Consent',
    body: `<p>${escapeHtml(name)} wants to act for <strong>${escapeHtml(subject)}</strong>.</p>
<form method="post" action="/consent">
${FORM_TOKEN_FIELD}
<input type="hidden" name="consent_challenge" value="${escapeHtml(challenge)}">
${boxes.join('\n')}
<label><input type="checkbox" name="remember" value="1"> Remember this</label>
<button name="action" value="accept">Allow</button>
<button class="quiet" name="action" value="reject">Refuse</button>
${given > 0 ? revoke : ''}
</form>`,
  };
}
