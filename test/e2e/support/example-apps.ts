import type { RequestListener } from 'node:http';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { root } from './built.js';

/** The example login and consent app, in this process. */
export async function loginConsentApp(adminUrl: string): Promise<RequestListener> {
  const file = pathToFileURL(join(root, 'examples/login-consent/app.mjs')).href;
  const app = (await import(file)) as { loginConsentApp(options: { adminUrl: string }): RequestListener };
  return app.loginConsentApp({ adminUrl });
}
