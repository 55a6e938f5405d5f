/** Runs the app by itself: `ADMIN_URL=http://127.0.0.1:4445 PORT=3000 node examples/login-consent/main.mjs` */
import { listen } from '../pages/listen.mjs';
import { loginConsentApp } from './app.mjs';

const { ADMIN_URL = 'http://127.0.0.1:4445', HOST = '127.0.0.1', PORT = '3000' } = process.env;
await listen(loginConsentApp({ adminUrl: ADMIN_URL }), Number(PORT), HOST);
console.log(`Login and consent app on http://127.0.0.1:${PORT}`);
