/**
 * People who are asked without a browser of the application (CIBA Core 1.0): Ostiary posts each request to `/ciba/hook`, and a
 * person who signs in at `/ciba` sees what waits for them and answers. Your app sends a notification to a phone instead.
 */
import express from 'express';
import { randomBytes } from 'node:crypto';
import { html } from '../pages/html.mjs';
import { sendPage } from '../pages/page.mjs';
import { text } from '../pages/request-values.mjs';
import { idTokenClaims } from './claims.mjs';
import { chosenDetails, detailChoices } from './details.mjs';
import { sendStale } from './login.mjs';
import { nameOf, site } from './site.mjs';
import { authenticate, userById, users } from './users.mjs';

const MOST_WAITING = 1000;
const SIGNED_IN_MS = 10 * 60 * 1000;

export function cibaRoutes(app, { admin, forms }) {
  /** What waits, by challenge. Keep it in a database, where all processes of your app find it. */
  const waiting = new Map();
  /** Who is signed in at this page, by the value of a hidden field. */
  const signedIn = new Map();

  // Let only Ostiary post here: with `auth` in oidc.ciba.hook it sends a key of your choice.
  app.post('/ciba/hook', express.json({ limit: '64kb' }), (request, response) => {
    const asked = request.body;
    const user = personOf(asked);
    if (!user) {
      response.status(400).json({ error: 'unknown_user_id' });
      return;
    }
    forgetOld(waiting);
    if (waiting.size < MOST_WAITING) waiting.set(asked.challenge, { ...asked, subject: user.id });
    response.json({ subject: user.id });
  });

  app.get('/ciba', (request, response) => {
    sendSignIn(response, forms.field(request, response, 'ciba'));
  });

  app.post('/ciba', async (request, response) => {
    if (!forms.accepts(request, 'ciba')) {
      sendStale(response, '/ciba');
      return;
    }
    const token = forms.field(request, response, 'ciba');
    const visit = visitOf(signedIn, request.body);
    if (!visit) {
      sendSignIn(response, token, true);
      return;
    }
    const asked = waiting.get(text(request.body, 'challenge'));
    if (asked?.subject === visit.user.id) {
      waiting.delete(asked.challenge);
      await answer(admin, asked, visit.user, request.body);
    }
    forgetOld(waiting);
    const list = [...waiting.values()].filter(({ subject }) => subject === visit.user.id);
    sendList(response, { token, visit, list });
  });
}

/** The hint of this example is an e-mail address, or an ID token from an earlier login. */
function personOf({ login_hint: hint, id_token_hint_claims: claims }) {
  if (claims) return userById(claims.sub);
  return users.find(({ email }) => email === hint?.trim().toLowerCase());
}

function forgetOld(waiting) {
  for (const [challenge, { expires_at: end }] of waiting) if (Date.parse(end) <= Date.now()) waiting.delete(challenge);
}

/** By a field of an earlier page, or by e-mail address and password. */
function visitOf(signedIn, form) {
  for (const [id, { until }] of signedIn) if (until <= Date.now()) signedIn.delete(id);
  const known = signedIn.get(text(form, 'visit'));
  if (known) return known;
  const user = authenticate(text(form, 'email'), text(form, 'password'));
  if (!user) return undefined;
  const visit = { id: randomBytes(24).toString('base64url'), user, until: Date.now() + SIGNED_IN_MS };
  signedIn.set(visit.id, visit);
  return visit;
}

async function answer(admin, asked, user, form) {
  try {
    if (text(form, 'answer') !== 'allow') await admin.reject('ciba', asked.challenge, { error: 'access_denied' });
    else
      await admin.accept('ciba', asked.challenge, {
        subject: user.id,
        ...{ acr: 'pwd', amr: ['pwd'] },
        grant_scope: asked.requested_scope,
        grant_access_token_audience: asked.requested_access_token_audience,
        grant_authorization_details: chosenDetails(asked.authorization_details, form), // only what the page has shown
        session: { id_token: idTokenClaims(user.id, asked.requested_scope) },
      });
  } catch (error) {
    if (error.status !== 404 && error.status !== 410) throw error; // it has ended, or was answered elsewhere
  }
}

function sendSignIn(response, token, failed = false) {
  const body = html`<section class="card">
    <h1>Requests for you</h1>
    <p class="soft">Sign in to see who asks for your approval.</p>
    ${failed && html`<p class="note bad" role="alert">That e-mail address and password do not belong together.</p>`}
    <form method="post" action="/ciba">
      ${token}
      <label for="email">E-mail address</label>
      <input id="email" name="email" type="email" autocomplete="username" required />
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required />
      <div class="actions"><button>Sign in</button></div>
    </form>
  </section>`;
  sendPage(response, { status: failed ? 422 : 200, site, title: 'Requests for you', body });
}

function sendList(response, { token, visit, list }) {
  const cards = list.map((asked) => requestCard(asked, token, visit.id));
  const nothing = html`<p>Nothing waits for you.</p>
    <form method="post" action="/ciba">
      ${token}<input type="hidden" name="visit" value="${visit.id}" />
      <div class="actions"><button class="quiet">Look again</button></div>
    </form>`;
  const body = html`<section class="card">
    <h1>Requests for ${visit.user.name}</h1>
    ${list.length > 0 ? cards : nothing}
  </section>`;
  sendPage(response, { site, title: 'Requests for you', body });
}

function requestCard(asked, token, visit) {
  const {
    challenge,
    client,
    binding_message: message,
    requested_scope: scopes,
    authorization_details: details,
  } = asked;
  return html`<form method="post" action="/ciba">
    ${token}
    <input type="hidden" name="visit" value="${visit}" />
    <input type="hidden" name="challenge" value="${challenge}" />
    <p><strong>${nameOf(client)}</strong> asks for ${scopes.join(', ')}.</p>
    ${message && html`<p>Go on only if you see the same there: <strong>${message}</strong></p>`}
    ${detailChoices(details)}
    <div class="actions">
      <button name="answer" value="allow">Approve</button>
      <button name="answer" value="deny" class="quiet">Deny</button>
    </div>
  </form>`;
}
