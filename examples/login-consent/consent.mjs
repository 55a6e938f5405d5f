/** May this application have that? Shows the scopes, and hands the chosen ones to Ostiary with the person's claims. */
import { html } from '../pages/html.mjs';
import { sendOnward, sendPage } from '../pages/page.mjs';
import { text, texts } from '../pages/request-values.mjs';
import { idTokenClaims } from './claims.mjs';
import { chosenDetails, detailChoices } from './details.mjs';
import { sendStale } from './login.mjs';
import { nameOf, publisherOf, site } from './site.mjs';
import { userById } from './users.mjs';

/** Seconds. */
const REMEMBER_FOR = 3600;

const MEANING = {
  openid: ['Know who you are', 'An identifier of your account'],
  profile: ['See your profile', 'Your name'],
  email: ['See your e-mail address', ''],
  offline: ['Keep this access while you are away', 'Without asking you to sign in again'],
  offline_access: ['Keep this access while you are away', 'Without asking you to sign in again'],
};

export function consentRoutes(app, { admin, forms }) {
  app.get('/consent', async (request, response) => {
    const challenge = text(request.query, 'consent_challenge');
    const consent = await admin.request('consent', challenge);
    if (consent.skip || consent.client.skip_consent) {
      response.redirect(
        await grant(admin, consent, { scopes: consent.requested_scope, details: consent.authorization_details }),
      );
      return;
    }
    sendConsent(response, { consent, token: forms.field(request, response, challenge) });
  });

  app.post('/consent', async (request, response) => {
    const challenge = text(request.body, 'challenge');
    if (!forms.accepts(request, challenge)) {
      sendStale(response, `/consent?consent_challenge=${encodeURIComponent(challenge)}`);
      return;
    }
    const consent = await admin.request('consent', challenge);
    const url = await answer(admin, consent, request.body);
    sendOnward(response, { site, to: nameOf(consent.client), url });
  });
}

function answer(admin, consent, form) {
  if (text(form, 'answer') !== 'allow') {
    return admin.reject('consent', consent.challenge, {
      error: 'access_denied',
      error_description: 'The person did not allow it.',
    });
  }
  const chosen = texts(form, 'scope');
  const scopes = consent.requested_scope.filter((scope) => chosen.includes(scope));
  const details = chosenDetails(consent.authorization_details, form);
  return grant(admin, consent, { scopes, details, remember: text(form, 'remember') === 'yes' });
}

/** Ostiary does not compare what is granted with what was requested: that is decided here. */
function grant(admin, consent, { scopes, details, remember = false }) {
  return admin.accept('consent', consent.challenge, {
    grant_scope: scopes,
    grant_access_token_audience: consent.requested_access_token_audience,
    grant_authorization_details: details,
    remember,
    remember_for: REMEMBER_FOR,
    session: { id_token: idTokenClaims(consent.subject, scopes) },
  });
}

function sendConsent(response, { consent, token }) {
  const { client, challenge, subject } = consent;
  const user = userById(subject);
  const body = html`<section class="card">
    <h1>Allow ${nameOf(client)}?</h1>
    ${publisherOf(client)}
    <p class="soft">You are signed in as <strong>${user ? `${user.name} (${user.email})` : subject}</strong>.</p>
    <form method="post" action="/consent">
      ${token}
      <input type="hidden" name="challenge" value="${challenge}" />
      <fieldset>
        <legend>${nameOf(client)} would like to</legend>
        ${consent.requested_scope.map(scopeChoice)} ${detailChoices(consent.authorization_details)}
      </fieldset>
      ${audiences(consent.requested_access_token_audience)}
      <label class="check"
        ><input type="checkbox" name="remember" value="yes" />
        <span>Do not ask me again for an hour</span>
      </label>
      ${policies(client)}
      <div class="actions">
        <button name="answer" value="allow">Allow</button>
        <button name="answer" value="deny" class="quiet">Deny</button>
      </div>
    </form>
  </section>`;
  sendPage(response, { site, title: `Allow ${nameOf(client)}?`, body });
}

function scopeChoice(scope) {
  const [title, detail] = MEANING[scope] ?? [scope, ''];
  return html`<label class="check"
    ><input type="checkbox" name="scope" value="${scope}" checked />
    <span>${title} ${detail && html`<small>${detail}</small>`}</span>
  </label>`;
}

function audiences(list) {
  if (list.length === 0) return undefined;
  return html`<p class="small soft">The access is for ${list.join(', ')}.</p>`;
}

function policies(client) {
  const links = [
    [client.policy_uri, 'privacy policy'],
    [client.tos_uri, 'terms of service'],
  ].filter(([uri]) => /^https?:/.test(uri ?? ''));
  if (links.length === 0) return undefined;
  const list = links.map(([uri, name]) => html` <a href="${uri}" rel="noreferrer">${name}</a>`);
  return html`<p class="small soft">Read its${list}.</p>`;
}
