/**
 * A small application that lets people log in with OpenID Connect: code flow with PKCE, state and nonce. It shows what
 * came of it, which a real one would not.
 */
import express from 'express';
import { FormTokens } from '../pages/form-tokens.mjs';
import { sendOnward } from '../pages/page.mjs';
import { text } from '../pages/request-values.mjs';
import { Provider } from './provider.mjs';
import { Sessions } from './sessions.mjs';
import { sendHome, sendLoggedOut, sendProblem, sendWelcome, site } from './views.mjs';

/** Log-ins that one browser may have begun and not finished. */
const MOST_PENDING = 10;

/** @param {ConstructorParameters<typeof Provider>[0]} options */
export function relyingPartyApp(options) {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(express.urlencoded({ extended: false, limit: '32kb' }));
  const rooms = {
    provider: new Provider(options),
    sessions: new Sessions(),
    forms: new FormTokens('example_app_form'),
  };
  logInRoutes(app, rooms);
  homeRoutes(app, rooms);
  logOutRoutes(app, rooms);
  app.use((_request, response) => {
    sendProblem(response, { status: 404, title: 'There is nothing here', message: 'The address is wrong.' });
  });
  // eslint-disable-next-line no-unused-vars -- express tells an error handler by its four parameters
  app.use((error, _request, response, _next) => sendFault(response, error));
  return app;
}

function logInRoutes(app, { provider, sessions }) {
  app.get('/login', async (request, response) => {
    const { pending } = sessions.open(request, response);
    const login = await provider.begin();
    const [oldest] = pending.keys();
    if (pending.size >= MOST_PENDING) pending.delete(oldest);
    pending.set(login.pending.state, login.pending);
    response.redirect(login.url);
  });

  app.get('/callback', async (request, response) => {
    const session = sessions.of(request);
    const state = text(request.query, 'state');
    const pending = session?.pending.get(state);
    session?.pending.delete(state); // one answer for each question
    if (!pending) {
      const message = 'This browser did not ask for this log-in, or it is finished already.';
      sendProblem(response, { status: 400, title: 'You were not logged in', message });
      return;
    }
    const tokens = await provider.finish(request.url.split('?')[1] ?? '', pending);
    Object.assign(sessions.renew(request, response), { tokens, notice: undefined, userinfo: undefined });
    response.redirect('/');
  });
}

function homeRoutes(app, { provider, sessions, forms }) {
  app.get('/', async (request, response) => {
    const session = sessions.of(request);
    if (!session?.tokens) {
      sendWelcome(response);
      return;
    }
    const introspection = await provider.introspect(session.tokens.accessToken).catch((error) => {
      console.error(error);
      return { error: 'The admin listener does not answer.' };
    });
    const { notice } = session;
    session.notice = undefined; // said once
    sendHome(response, { session, introspection, notice, token: forms.field(request, response, 'home') });
  });

  app.post('/refresh', async (request, response) => {
    await act(request, response, async (session) => {
      const before = session.tokens;
      session.tokens = await provider.refresh(before);
      const { active } = await provider.introspect(before.accessToken);
      session.notice = `The tokens are new. The access token from before is ${active ? 'still active' : 'no longer active'}.`;
    });
  });

  app.post('/userinfo', async (request, response) => {
    await act(request, response, async (session) => {
      session.userinfo = await provider.userinfo(session.tokens);
      session.notice = 'The userinfo endpoint has answered: see below.';
    });
  });

  async function act(request, response, action) {
    const session = sessions.of(request);
    if (session?.tokens && forms.accepts(request, 'home')) await action(session);
    response.redirect(303, '/');
  }
}

function logOutRoutes(app, { provider, sessions, forms }) {
  app.post('/logout', async (request, response) => {
    const session = sessions.of(request);
    if (!session?.tokens || !forms.accepts(request, 'home')) {
      response.redirect(303, '/');
      return;
    }
    sessions.end(request, response);
    const url = await provider.endSessionUrl(session.tokens, 'logged-out-by-person');
    sendOnward(response, { site, to: 'the sign-in server, to end your session there', url });
  });

  app.get('/logged-out', (_request, response) => sendLoggedOut(response));
}

/** Errors of the provider say what happened in RFC 6749's own words; the others are ours. */
function sendFault(response, error) {
  const code = error.error ?? error.cause?.error;
  const description = error.error_description ?? error.cause?.error_description;
  if (code) {
    const title = code === 'access_denied' ? 'You were not logged in' : 'That did not work';
    const detail = [code, description].filter(Boolean).join(': ');
    sendProblem(response, { status: 400, title, message: 'The sign-in server answered with an error.', detail });
    return;
  }
  console.error(error);
  const message = 'The sign-in server does not answer as it should. Please try again soon.';
  sendProblem(response, { status: 502, title: 'That did not work', message, detail: error.code });
}
