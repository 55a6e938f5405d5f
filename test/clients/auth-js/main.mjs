/** A web application with Auth.js in Express: the tokens are in its session, which is an encrypted cookie. */
import { randomBytes } from 'node:crypto';
import { getToken } from '@auth/core/jwt';
import { ExpressAuth, getSession } from '@auth/express';
import express from 'express';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, POST_LOGOUT_REDIRECT_URI, SCOPE, PORT } = process.env;
const SESSION_COOKIE = 'authjs.session-token';

const config = {
  trustHost: true,
  secret: randomBytes(32).toString('hex'),
  providers: [
    {
      id: 'ostiary',
      name: 'Ostiary',
      type: 'oidc',
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      authorization: { params: { scope: SCOPE } },
      idToken: false, // ask userinfo
    },
  ],
  callbacks: {
    /** Auth.js refreshes nothing by itself. A real application refreshes shortly before `expiresAt`; this one always does. */
    async jwt({ token, account, profile }) {
      if (account) return { ...token, ...tokensOf(account), source: profile.at_hash ? 'the ID token' : 'userinfo' };
      return { ...token, ...tokensOf(await refresh(token.refreshToken)) };
    },
    session: ({ session, token }) => ({ ...session, accessToken: token.accessToken }),
  },
};

function tokensOf({ access_token: accessToken, refresh_token: refreshToken, id_token: idToken }) {
  return { accessToken, refreshToken, idToken };
}

async function refresh(token) {
  const basic = [CLIENT_ID, CLIENT_SECRET].map(encodeURIComponent).join(':');
  const response = await fetch(`${ISSUER}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
  });
  if (!response.ok) throw new Error(`The refresh is refused: ${await response.text()}`);
  return response.json();
}

/** What the session cookie of the request holds. */
const kept = (request) => getToken({ req: request, secret: config.secret, salt: SESSION_COOKIE });

const app = express();
app.use(/^\/auth\/(.*)/, ExpressAuth(config)); // it looks for an unnamed part, which Express 5 has in expressions alone

app.get(['/', '/signed-out'], async (request, response) => {
  const token = await kept(request);
  response.send(token ? `Hello, ${token.name}, says ${token.source}` : 'Nobody is signed in');
});

/** As a page does that reads the session: the answer has the renewed cookie. */
app.get('/refreshed', async (request, response) => {
  const before = await kept(request);
  const answer = await fetch(`http://127.0.0.1:${PORT}/auth/session`, { headers: { cookie: request.headers.cookie } });
  const { accessToken } = await answer.json();
  response.setHeader('set-cookie', answer.headers.getSetCookie());
  response.send(
    `The access token is ${accessToken && accessToken !== before.accessToken ? 'another' : 'the same'} one`,
  );
});

app.get('/twice', async (request, response) => {
  const sessions = await Promise.all([getSession(request, config), getSession(request, config)]);
  const tokens = new Set(sessions.map((session) => session?.accessToken).filter(Boolean));
  response.send(tokens.size === 2 ? 'Two access tokens' : 'One of the requests got none');
});

app.get('/logout', async (request, response) => {
  const { idToken } = await kept(request);
  const url = new URL(`${ISSUER}/oauth2/sessions/logout`);
  url.searchParams.set('id_token_hint', idToken);
  url.searchParams.set('post_logout_redirect_uri', POST_LOGOUT_REDIRECT_URI);
  response.clearCookie(SESSION_COOKIE).redirect(url);
});

app.listen(Number(PORT), '127.0.0.1');
