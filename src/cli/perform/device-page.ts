/** A page for trials where a person enters the code of a device, for servers whose device URLs point to it. */
import { escapeHtml } from '../../http/replies/page.js';
import type { Api } from '../api/api.js';
import { answerRequest } from './answer-request.js';
import { FORM_TOKEN_FIELD, type LocalReply, requireOwnForm, type Route } from './local-app.js';

const ACCEPT = '/admin/oauth2/auth/requests/device/accept';

export function deviceRoutes(api: Api): Map<string, Route> {
  return new Map<string, Route>([
    ['/device', async ({ method, query, form }) => (method === 'POST' ? accept(api, form) : codeForm(query))],
    ['/device/done', () => ({ title: 'Done', body: '<p>The device may go on. You may close this page.</p>' })],
  ]);
}

function accept(api: Api, form: URLSearchParams): Promise<LocalReply> {
  requireOwnForm(form);
  const query = { device_challenge: form.get('device_challenge') ?? '' };
  return answerRequest(api, ACCEPT, query, { user_code: form.get('user_code') ?? '' });
}

function codeForm(query: URLSearchParams): LocalReply {
  return {
    title: 'Connect a device',
    body: `<form method="post" action="/device">
${FORM_TOKEN_FIELD}
<input type="hidden" name="device_challenge" value="${escapeHtml(query.get('device_challenge') ?? '')}">
<label for="user_code">Code that the device shows</label>
<input id="user_code" name="user_code" required autofocus autocomplete="off" value="${escapeHtml(query.get('user_code') ?? '')}">
<button>Go on</button>
</form>`,
  };
}
