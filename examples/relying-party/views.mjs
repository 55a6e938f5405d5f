import { html } from '../pages/html.mjs';
import { sendPage } from '../pages/page.mjs';

export const site = {
  name: 'Example app',
  footer: html`<p>An example application of Ostiary, which lets people log in with OpenID Connect.</p>`,
};

/** In the order in which they are shown; claims that are not here come last. */
const MEANING = {
  sub: 'Who logged in: the same for ever',
  name: 'Granted by the scope profile',
  email: 'Granted by the scope email',
  email_verified: 'Granted by the scope email',
  iss: 'Who issued the token',
  aud: 'Whom the token is for: this app',
  exp: 'Not valid after',
  iat: 'Issued at',
  auth_time: 'When the person signed in',
  rat: 'When the app asked',
  nonce: 'Ties the token to the question',
  sid: 'The session, for logging out',
  jti: 'Number of this token',
  at_hash: 'Ties the access token to it',
  amr: 'How they signed in',
  acr: 'How sure it is',
};

const ORDER = Object.keys(MEANING);

const TIMES = new Set(['exp', 'iat', 'nbf', 'auth_time', 'rat']);

export function sendWelcome(response) {
  const body = html`<section class="card">
    <h1>Welcome</h1>
    <p>
      This app knows nothing of passwords. It sends you to a sign-in server and learns from an ID token who you are:
      authorization code flow, PKCE, state and nonce.
    </p>
    <div class="actions"><a class="button" href="/login">Log in</a></div>
  </section>`;
  sendPage(response, { site, title: 'Welcome', body });
}

export function sendHome(response, { session, introspection, notice, token }) {
  const { claims, refreshToken } = session.tokens;
  const button = (action, label, quiet) =>
    html`<form method="post" action="${action}">
      ${token}<button ${quiet && html`class="quiet"`}>${label}</button>
    </form>`;
  const body = html`<section class="card">
      <h1>Hello, ${claims.name ?? claims.sub}</h1>
      ${notice && html`<p class="note good" role="status">${notice}</p>`}
      <p class="soft">You are logged in. Below is what this app has learned.</p>
      <div class="actions">
        ${refreshToken && button('/refresh', 'Refresh tokens')} ${button('/userinfo', 'Ask userinfo')}
        ${button('/logout', 'Log out', true)}
      </div>
    </section>
    ${claimsCard({ id: 'id-token', title: 'The ID token says', claims: inOrder(claims), meaning: MEANING })}
    ${claimsCard({
      id: 'introspection',
      title: 'Introspection of the access token says',
      claims: introspection,
      remark: 'Asked at the admin listener, as a resource server would.',
    })}
    ${
      session.userinfo &&
      claimsCard({ id: 'userinfo', title: 'Userinfo says', claims: inOrder(session.userinfo), meaning: MEANING })
    }`;
  sendPage(response, { site, title: 'You are logged in', body, wide: true });
}

function inOrder(claims) {
  const place = (name) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return Object.fromEntries(Object.entries(claims).sort(([one], [other]) => place(one) - place(other)));
}

function claimsCard({ id, title, claims, remark, meaning }) {
  const rows = Object.entries(claims).map(
    ([name, value]) =>
      html`<tr>
        <th scope="row"><code>${name}</code></th>
        <td><code>${JSON.stringify(value)}</code>${moment(name, value)}</td>
        ${meaning && html`<td class="what">${meaning[name]}</td>`}
      </tr>`,
  );
  return html`<section class="card" id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${remark && html`<p class="soft small">${remark}</p>`}
    <div class="scroll" role="region" aria-labelledby="${id}-title" tabindex="0">
      <table>
        ${rows}
      </table>
    </div>
  </section>`;
}

function moment(name, value) {
  if (!TIMES.has(name) || typeof value !== 'number') return undefined;
  return html` <span class="soft small"
    >${new Date(value * 1000).toISOString().replace('.000Z', ' UTC').replace('T', ' ')}</span
  >`;
}

export function sendLoggedOut(response) {
  const body = html`<section class="card">
    <h1>You are logged out</h1>
    <p>Here and at the sign-in server.</p>
    <div class="actions"><a class="button" href="/login">Log in again</a></div>
  </section>`;
  sendPage(response, { site, title: 'You are logged out', body });
}

export function sendProblem(response, { status, title, message, detail }) {
  const body = html`<section class="card">
    <h1>${title}</h1>
    <p>${message}</p>
    ${detail && html`<p class="note bad small"><code>${detail}</code></p>`}
    <div class="actions"><a class="button quiet" href="/">Back to the start</a></div>
  </section>`;
  sendPage(response, { status, site, title, body });
}
