/** What a person sees when something cannot go on: errors of the authorization server, and our own. */
import { html } from '../pages/html.mjs';
import { sendPage } from '../pages/page.mjs';
import { text } from '../pages/request-values.mjs';
import { AdminApiError } from './admin-api.mjs';
import { site } from './site.mjs';

export function errorRoutes(app) {
  app.get('/error', (request, response) => {
    const description = text(request.query, 'error_description');
    sendProblem(response, {
      status: 400,
      title: 'That did not work',
      message: 'The application sent you here in a way that cannot be answered. Please tell the people who run it.',
      detail: [text(request.query, 'error'), description].filter(Boolean).join(': '),
    });
  });

  app.use((_request, response) => {
    sendProblem(response, { status: 404, title: 'There is nothing here', message: 'Please start at the application.' });
  });

  // eslint-disable-next-line no-unused-vars -- express tells an error handler by its four parameters
  app.use((error, _request, response, _next) => {
    if (error.redirectTo) response.redirect(error.redirectTo);
    else sendProblem(response, explain(error));
  });
}

function explain(error) {
  if (!(error instanceof AdminApiError)) {
    if (error.status >= 400 && error.status < 500) {
      return { status: error.status, title: 'That did not work', message: 'The form could not be read.' };
    }
    console.error(error);
    return { status: 500, title: 'That did not work', message: 'The sign-in app has a fault. Please try again later.' };
  }
  const { status, message } = error;
  if (status === undefined || status >= 500) {
    return { status: 502, title: 'Please try again soon', message: 'The authorization server does not answer.' };
  }
  return {
    status: 400,
    title: 'This link does not work any more',
    message: 'It was used before, or it is too old. Please go back to the application and start again.',
    detail: message,
  };
}

function sendProblem(response, { status, title, message, detail }) {
  const body = html`<section class="card">
    <h1>${title}</h1>
    <p>${message}</p>
    ${detail && html`<p class="note bad small"><code>${detail}</code></p>`}
  </section>`;
  sendPage(response, { status, site, title, body });
}
