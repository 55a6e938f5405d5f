/** Who are you? Shows the form, checks the password, tells Ostiary the subject. */
import { html } from '../pages/html.mjs';
import { sendOnward, sendPage } from '../pages/page.mjs';
import { text } from '../pages/request-values.mjs';
import { assuranceOf, requestedClass } from './assurance.mjs';
import { nameOf, publisherOf, site } from './site.mjs';
import { authenticate, userById, users } from './users.mjs';

/** Seconds. */
const REMEMBER_FOR = 3600;

export function loginRoutes(app, { admin, forms }) {
  app.get('/login', async (request, response) => {
    const challenge = text(request.query, 'login_challenge');
    const login = await admin.request('login', challenge);
    if (login.skip) {
      // Ostiary knows this browser already: the subject must be the one it names.
      response.redirect(await admin.accept('login', challenge, { subject: login.subject }));
      return;
    }
    if (requestedClass(login) === undefined) {
      response.redirect(await giveUp(admin, challenge));
      return;
    }
    // Who is signed in, but not well enough, need not write the e-mail address again.
    const email = userById(login.known_subject)?.email ?? login.oidc_context?.login_hint ?? '';
    sendLogin(response, { login, email, token: forms.field(request, response, challenge) });
  });

  app.post('/login', async (request, response) => {
    const challenge = text(request.body, 'challenge');
    if (!forms.accepts(request, challenge)) {
      sendStale(response, `/login?login_challenge=${encodeURIComponent(challenge)}`);
      return;
    }
    const login = await admin.request('login', challenge);
    const to = nameOf(login.client);
    if (text(request.body, 'answer') === 'cancel') {
      sendOnward(response, { site, to, url: await cancel(admin, challenge) });
      return;
    }
    const email = text(request.body, 'email');
    const acr = requestedClass(login);
    const code = acr === 'mfa' ? text(request.body, 'code') : undefined;
    const user = acr && authenticate(email, text(request.body, 'password'), code);
    if (!user) {
      sendLogin(response, { login, email, failed: true, token: forms.field(request, response, challenge) });
      return;
    }
    const remember = text(request.body, 'remember') === 'yes';
    sendOnward(response, { site, to, url: await accept(admin, challenge, { user, remember, acr }) });
  });
}

function accept(admin, challenge, { user, remember, acr }) {
  return admin.accept('login', challenge, {
    subject: user.id,
    ...assuranceOf(acr),
    remember,
    remember_for: REMEMBER_FOR,
  });
}

function cancel(admin, challenge) {
  return admin.reject('login', challenge, {
    error: 'access_denied',
    error_description: 'The person did not want to sign in.',
  });
}

/** The application demands more than this app can prove (RFC 9470). */
function giveUp(admin, challenge) {
  return admin.reject('login', challenge, {
    error: 'unmet_authentication_requirements',
    error_description: 'Nobody can sign in here in the way that the application demands.',
  });
}

/** A form that is not ours, or one from before a restart of this app. */
export function sendStale(response, again) {
  const body = html`<section class="card">
    <h1>This form is out of date</h1>
    <p>Nothing was sent. It was opened in another browser, without cookies, or too long ago.</p>
    <p><a href="${again}">Open it again</a></p>
  </section>`;
  sendPage(response, { status: 403, site, title: 'This form is out of date', body });
}

function sendLogin(response, { login, email, token, failed = false }) {
  const needsCode = requestedClass(login) === 'mfa';
  const problem = html`<p class="note bad" id="problem" role="alert">
    The e-mail address${needsCode ? ', the password or the code' : ' or the password'} is wrong. Please try again.
  </p>`;
  const marks = failed && html`aria-invalid="true" aria-describedby="problem"`;
  const body = html`<section class="card">
      <h1>Sign in</h1>
      <p class="soft">to continue to <strong>${nameOf(login.client)}</strong></p>
      ${publisherOf(login.client)} ${failed && problem}
      <form method="post" action="/login">
        ${token}
        <input type="hidden" name="challenge" value="${login.challenge}" />
        <label for="email">E-mail address</label>
        <input id="email" name="email" type="email" autocomplete="username" required value="${email}" ${marks} />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required ${marks} />
        ${needsCode && codeField(marks)}
        <label class="check"
          ><input type="checkbox" name="remember" value="yes" />
          <span>Keep me signed in for an hour</span>
        </label>
        <div class="actions">
          <button name="answer" value="sign-in">Sign in</button>
          <button name="answer" value="cancel" class="quiet" formnovalidate>Cancel</button>
        </div>
      </form>
    </section>
    ${demoAccounts()}`;
  const title = failed ? 'Error: sign in' : 'Sign in';
  sendPage(response, { status: failed ? 422 : 200, site, title, body });
}

function codeField(marks) {
  return html`<label for="code">Code of your device</label>
    <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required ${marks} />`;
}

function demoAccounts() {
  const rows = users.map(
    ({ email, password, code }) =>
      html`<tr>
        <td><code>${email}</code></td>
        <td><code>${password}</code></td>
        <td><code>${code}</code></td>
      </tr>`,
  );
  return html`<aside class="card" aria-labelledby="accounts">
    <h2 id="accounts">Accounts of this demo</h2>
    <table>
      <tr>
        <th scope="col">E-mail address</th>
        <th scope="col">Password</th>
        <th scope="col">Code</th>
      </tr>
      ${rows}
    </table>
  </aside>`;
}
