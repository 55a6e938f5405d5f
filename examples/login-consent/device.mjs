/** The code that a television or a command line shows is typed here (RFC 8628, section 3.3). */
import { html } from '../pages/html.mjs';
import { sendOnward, sendPage } from '../pages/page.mjs';
import { text } from '../pages/request-values.mjs';
import { sendNotice } from './logout.mjs';
import { sendStale } from './login.mjs';
import { site } from './site.mjs';

export function deviceRoutes(app, { admin, forms }) {
  app.get('/device', (request, response) => {
    const challenge = text(request.query, 'device_challenge');
    const token = forms.field(request, response, challenge);
    sendDevice(response, { challenge, userCode: text(request.query, 'user_code'), token });
  });

  app.post('/device', async (request, response) => {
    const challenge = text(request.body, 'challenge');
    const userCode = text(request.body, 'user_code').trim();
    if (!forms.accepts(request, challenge)) {
      sendStale(response, `/device?device_challenge=${encodeURIComponent(challenge)}`);
      return;
    }
    try {
      const url = await admin.accept('device', challenge, { user_code: userCode });
      sendOnward(response, { site, to: 'the sign-in', url });
    } catch (error) {
      if (error.status !== 400) throw error;
      sendDevice(response, { challenge, userCode, failed: true, token: forms.field(request, response, challenge) });
    }
  });

  app.get('/device/success', (_request, response) => {
    sendNotice(response, 'Your device is connected', 'You can close this page and go on at the device.');
  });
}

function sendDevice(response, { challenge, userCode, token, failed = false }) {
  const problem = html`<p class="note bad" id="problem" role="alert">
    There is no such code, or it is too old. Capital and small letters matter.
  </p>`;
  const marks = failed && html`aria-invalid="true" aria-describedby="problem"`;
  const body = html`<section class="card">
    <h1>Connect a device</h1>
    <p class="soft">Enter the code that it shows. Go on only if you started this yourself.</p>
    ${failed && problem}
    <form method="post" action="/device">
      ${token}
      <input type="hidden" name="challenge" value="${challenge}" />
      <label for="user_code">Code</label>
      <input
        id="user_code"
        name="user_code"
        type="text"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        required
        value="${userCode}"
        ${marks}
      />
      <div class="actions"><button>Connect</button></div>
    </form>
  </section>`;
  const title = failed ? 'Error: connect a device' : 'Connect a device';
  sendPage(response, { status: failed ? 422 : 200, site, title, body });
}
