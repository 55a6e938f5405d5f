/**
 * A login and consent app: the part of an OpenID Connect provider that Ostiary leaves to you. It knows the people and
 * asks them; over HTTP it tells Ostiary what they said. Everything works without JavaScript.
 */
import express from 'express';
import { FormTokens } from '../pages/form-tokens.mjs';
import { AdminApi } from './admin-api.mjs';
import { cibaRoutes } from './ciba.mjs';
import { consentRoutes } from './consent.mjs';
import { deviceRoutes } from './device.mjs';
import { errorRoutes } from './errors.mjs';
import { loginRoutes } from './login.mjs';
import { logoutRoutes } from './logout.mjs';

/** @param {{ adminUrl: string }} options the admin listener of Ostiary, which only this app may reach */
export function loginConsentApp({ adminUrl }) {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(express.urlencoded({ extended: false, limit: '32kb' }));
  const rooms = { admin: new AdminApi(adminUrl), forms: new FormTokens('example_sign_in_form') };
  loginRoutes(app, rooms);
  consentRoutes(app, rooms);
  logoutRoutes(app, rooms);
  deviceRoutes(app, rooms);
  cibaRoutes(app, rooms);
  errorRoutes(app);
  return app;
}
