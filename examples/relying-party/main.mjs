/**
 * Runs the app by itself, against any OpenID provider:
 * `ISSUER=http://127.0.0.1:4444 ADMIN_URL=http://127.0.0.1:4445 CLIENT_ID=… CLIENT_SECRET=… node examples/relying-party/main.mjs`
 */
import { listen } from '../pages/listen.mjs';
import { relyingPartyApp } from './app.mjs';

const { ISSUER = 'http://127.0.0.1:4444', ADMIN_URL = 'http://127.0.0.1:4445' } = process.env;
const { CLIENT_ID = 'example-app', CLIENT_SECRET = '', PORT = '5555' } = process.env;
const ownUrl = `http://127.0.0.1:${PORT}`;
const options = { issuer: ISSUER, adminUrl: ADMIN_URL, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, ownUrl };
await listen(relyingPartyApp(options), Number(PORT));
console.log(`Example app on ${ownUrl}`);
