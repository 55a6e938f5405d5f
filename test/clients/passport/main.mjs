/** A web application with passport and passport-openidconnect: sessions, login, refresh, userinfo, logout. */
import { randomBytes } from 'node:crypto';
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import refresh from 'passport-oauth2-refresh';
import OpenIDConnectStrategy from 'passport-openidconnect';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, POST_LOGOUT_REDIRECT_URI, PORT } = process.env;

const strategy = new OpenIDConnectStrategy(
  {
    issuer: ISSUER,
    authorizationURL: `${ISSUER}/oauth2/auth`,
    tokenURL: `${ISSUER}/oauth2/token`,
    userInfoURL: `${ISSUER}/userinfo`,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET, // sent in the form: client_secret_post
    callbackURL: REDIRECT_URI,
    scope: ['profile', 'email', 'offline_access'], // openid is added
    nonce: true,
  },
  (_issuer, profile, _context, idToken, accessToken, refreshToken, _parameters, done) => {
    done(null, { profile, idToken, accessToken, refreshToken });
  },
);
passport.use(strategy);
refresh.use('openidconnect', strategy);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.use(session({ secret: randomBytes(32).toString('hex'), resave: false, saveUninitialized: false }));
app.use(passport.session());

app.get('/login', passport.authenticate('openidconnect'));
app.get('/callback', passport.authenticate('openidconnect', { successRedirect: '/home', failWithError: true }));

app.get('/home', signedIn, ({ user }, response) => {
  response.send(`Hello, ${user.profile.displayName}`);
});

app.get('/userinfo', signedIn, ({ user }, response, next) => {
  strategy._oauth2.get(`${ISSUER}/userinfo`, user.accessToken, (error, body) => {
    if (error) next(new Error(JSON.stringify(error)));
    else response.type('text').send(body);
  });
});

app.get('/refresh', signedIn, ({ user }, response, next) => {
  refresh.requestNewAccessToken('openidconnect', user.refreshToken, (error, accessToken, refreshToken) => {
    if (error) {
      next(new Error(JSON.stringify(error)));
      return;
    }
    const said = (name, before, now) => `The ${name} token is ${now && now !== before ? 'another' : 'the same'} one. `;
    const answer = said('access', user.accessToken, accessToken) + said('refresh', user.refreshToken, refreshToken);
    Object.assign(user, { accessToken, refreshToken }); // the successor counts from now on
    response.send(answer);
  });
});

app.get('/logout', signedIn, (request, response, next) => {
  const url = new URL(`${ISSUER}/oauth2/sessions/logout`);
  url.searchParams.set('id_token_hint', request.user.idToken);
  url.searchParams.set('post_logout_redirect_uri', POST_LOGOUT_REDIRECT_URI);
  request.logout((error) => (error ? next(error) : response.redirect(url)));
});

app.get(['/', '/signed-out'], ({ user }, response) => {
  response.send(user ? 'Somebody is signed in' : 'Nobody is signed in');
});

function signedIn({ user }, response, next) {
  if (user) next();
  else response.status(401).send('Nobody is signed in');
}

app.listen(Number(PORT), '127.0.0.1');
