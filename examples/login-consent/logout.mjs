/** Do you want to sign out here, too? Asked when an application sends somebody to Ostiary's logout. */
import { html } from '../pages/html.mjs';
import { sendOnward, sendPage } from '../pages/page.mjs';
import { text } from '../pages/request-values.mjs';
import { sendStale } from './login.mjs';
import { nameOf, site } from './site.mjs';
import { userById } from './users.mjs';

export function logoutRoutes(app, { admin, forms }) {
  app.get('/logout', async (request, response) => {
    const challenge = text(request.query, 'logout_challenge');
    const logout = await admin.request('logout', challenge);
    if (logout.client?.skip_logout_consent) {
      response.redirect(await admin.accept('logout', challenge));
      return;
    }
    sendLogout(response, { logout, challenge, token: forms.field(request, response, challenge) });
  });

  app.post('/logout', async (request, response) => {
    const challenge = text(request.body, 'challenge');
    if (!forms.accepts(request, challenge)) {
      sendStale(response, `/logout?logout_challenge=${encodeURIComponent(challenge)}`);
      return;
    }
    if (text(request.body, 'answer') === 'yes') {
      sendOnward(response, { site, to: 'the end of your session', url: await admin.accept('logout', challenge) });
      return;
    }
    await admin.reject('logout', challenge);
    sendNotice(response, 'You are still signed in', 'Nothing was changed. You can close this page.');
  });

  app.get('/logged-out', (_request, response) => {
    sendNotice(response, 'You are signed out', 'You can close this page.');
  });
}

function sendLogout(response, { logout, challenge, token }) {
  const name = userById(logout.subject)?.name ?? logout.subject;
  const body = html`<section class="card">
    <h1>Sign out?</h1>
    ${logout.client && html`<p>${nameOf(logout.client)} asks whether you want to sign out here, too.</p>`}
    <p>
      ${name && html`You are signed in as <strong>${name}</strong>.`} Without this session, other applications will ask
      you to sign in again.
    </p>
    <form method="post" action="/logout">
      ${token}
      <input type="hidden" name="challenge" value="${challenge}" />
      <div class="actions">
        <button name="answer" value="yes">Sign out</button>
        <button name="answer" value="no" class="quiet">Stay signed in</button>
      </div>
    </form>
  </section>`;
  sendPage(response, { site, title: 'Sign out?', body });
}

export function sendNotice(response, title, message) {
  const body = html`<section class="card">
    <h1>${title}</h1>
    <p>${message}</p>
  </section>`;
  sendPage(response, { site, title, body });
}
