/** Runs the app by itself: `ADMIN_URL=http://127.0.0.1:4445 PORT=3000 node examples/login-consent/main.mjs` */
import { listen } from '../pages/listen.mjs';
import { loginConsentApp } from './app.mjs';

const port = Number(process.env.PORT ?? 3000);
await listen(loginConsentApp({ adminUrl: process.env.ADMIN_URL ?? 'http://127.0.0.1:4445' }), port);
console.log(`Login and consent app on http://127.0.0.1:${port}`);
