/** Makes the example app known to Ostiary. The same on every start: what was there before is replaced. */
import { randomBytes } from 'node:crypto';
import { DemoError } from './ports.mjs';

const CLIENT_ID = 'example-app';

/** @returns id and secret of the client. @throws DemoError with Ostiary's own words. */
export async function registerClient(adminUrl, appUrl) {
  const secret = randomBytes(24).toString('base64url');
  const client = {
    client_id: CLIENT_ID,
    client_secret: secret,
    client_name: 'Example app',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid profile email offline_access',
    redirect_uris: [`${appUrl}/callback`],
    post_logout_redirect_uris: [`${appUrl}/logged-out`],
    token_endpoint_auth_method: 'client_secret_basic',
  };
  const created = await send('POST', `${adminUrl}/admin/clients`, client);
  if (created.status === 409) await must(await send('PUT', `${adminUrl}/admin/clients/${CLIENT_ID}`, client));
  else await must(created);
  return { clientId: CLIENT_ID, clientSecret: secret };
}

function send(method, url, body) {
  return fetch(url, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

async function must(response) {
  if (response.ok) return;
  throw new DemoError(`The example app could not be registered (${response.status}): ${await response.text()}`);
}
