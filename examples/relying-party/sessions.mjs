/** Sessions of the app, in memory: the browser holds a random cookie, the tokens stay on the server. */
import { randomBytes } from 'node:crypto';
import { cookie } from '../pages/request-values.mjs';

const COOKIE = 'example_app_session';
const MOST = 1000;

export class Sessions {
  #sessions = new Map();

  /** The session of this browser, or undefined. */
  of(request) {
    return this.#sessions.get(cookie(request, COOKIE));
  }

  /** The session of this browser; a new one where it has none. */
  open(request, response) {
    return this.of(request) ?? this.#start(response, { pending: new Map() });
  }

  /** The same session under a new cookie: what was planted before the log-in is worth nothing after it. */
  renew(request, response) {
    const session = this.of(request);
    this.#sessions.delete(cookie(request, COOKIE));
    return this.#start(response, session);
  }

  end(request, response) {
    this.#sessions.delete(cookie(request, COOKIE));
    response.clearCookie(COOKIE, { path: '/' });
  }

  #start(response, session) {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MOST) this.#sessions.delete(oldest);
    const id = randomBytes(24).toString('base64url');
    this.#sessions.set(id, session);
    // Lax: the cookie must come along when the provider sends the browser back. Behind https, add `secure: true`.
    response.cookie(COOKIE, id, { httpOnly: true, sameSite: 'lax', path: '/' });
    return session;
  }
}
