/** A login page for trials, for servers whose `urls.login` points to it. It believes any name that is typed. */
import { escapeHtml } from '../../http/replies/page.js';
import type { Api } from '../api/api.js';
import { answerRequest } from './answer-request.js';
import { FORM_TOKEN_FIELD, type LocalReply, requireOwnForm, type Route } from './local-app.js';

interface LoginRequest {
  skip: boolean;
  subject: string;
  client?: { client_id?: string; client_name?: string };
  requested_scope?: string[] | null;
  oidc_context?: { login_hint?: string };
}

const REQUESTS = '/admin/oauth2/auth/requests/login';
const REMEMBER_SECONDS = 3600;

/** @param skip whether a person who is logged in already is not asked */
export function loginPage(api: Api, skip: boolean): Route {
  return async ({ method, query, form }) => {
    const challenge = (method === 'POST' ? form : query).get('login_challenge') ?? '';
    const request = (await api.call('GET', REQUESTS, { query: { login_challenge: challenge } })).body as LoginRequest;
    if (method === 'POST') {
      requireOwnForm(form);
      return decide(api, challenge, form, request);
    }
    return request.skip && skip ? accept(api, challenge, request.subject, true) : loginForm(challenge, request);
  };
}

function decide(api: Api, challenge: string, form: URLSearchParams, request: LoginRequest): Promise<LocalReply> {
  if (form.get('action') !== 'accept') {
    const json = { error: 'access_denied', error_description: 'The person did not want to log in.' };
    return goOn(api, 'reject', challenge, json);
  }
  const subject = request.skip ? request.subject : (form.get('subject') ?? '');
  return accept(api, challenge, subject, form.has('remember'));
}

function accept(api: Api, challenge: string, subject: string, remember: boolean): Promise<LocalReply> {
  const context = { from: 'the login page of perform authorization-code' };
  return goOn(api, 'accept', challenge, { subject, remember, remember_for: REMEMBER_SECONDS, context });
}

function goOn(api: Api, answer: string, challenge: string, json: object): Promise<LocalReply> {
  return answerRequest(api, `${REQUESTS}/${answer}`, { login_challenge: challenge }, json);
}

function loginForm(challenge: string, request: LoginRequest): LocalReply {
  const { client, skip, subject, requested_scope: scope } = request;
  const name = client?.client_name || client?.client_id || 'An application';
  const known = skip
    ? `<p>You are logged in as <strong>${escapeHtml(subject)}</strong>.</p>`
    : `<label for="subject">Who are you?</label>
<input id="subject" name="subject" required autofocus autocomplete="username" value="${escapeHtml(request.oidc_context?.login_hint ?? '')}">
<p class="hint">This page is for trials: no password is asked.</p>`;
  return {
    title: 'Log in',
    body: `<p>${escapeHtml(name)} asks for: ${escapeHtml((scope ?? []).join(', ') || 'nothing')}</p>
<form method="post" action="/login">
${FORM_TOKEN_FIELD}
<input type="hidden" name="login_challenge" value="${escapeHtml(challenge)}">
${known}
<label><input type="checkbox" name="remember" value="1"> Remember me</label>
<button name="action" value="accept">Log in</button>
<button class="quiet" name="action" value="reject" formnovalidate>Cancel</button>
</form>`,
  };
}
