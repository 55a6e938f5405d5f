/**
 * The clients of a program. Registrations are written as in `docs/clients.md`: the application is at
 * https://app.example.com, which is replaced by where the program runs. Ids and secrets are made by the server.
 */
const APP = 'https://app.example.com';

/**
 * Registers them at the admin API.
 * @param {Record<string, object>} registrations by name; the first one is the main client
 * @param {{ admin: string, appUrl: string }} where
 * @returns environment variables: CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, POST_LOGOUT_REDIRECT_URI and SCOPE of the first
 *   one, and the same of each with its name before it (`API_CLIENT_ID`).
 */
export async function register(registrations, { admin, appUrl }) {
  const variables = {};
  for (const [name, registration] of Object.entries(registrations)) {
    const client = await create(admin, JSON.parse(JSON.stringify(registration).replaceAll(APP, appUrl)));
    for (const [variable, value] of Object.entries(variablesOf(client))) {
      variables[variable] ??= value;
      variables[`${name.toUpperCase()}_${variable}`] = value;
    }
  }
  return variables;
}

async function create(admin, registration) {
  const response = await fetch(`${admin}/admin/clients`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(registration),
  });
  if (!response.ok) throw new Error(`The registration is refused: ${await response.text()}`);
  return response.json();
}

function variablesOf(client) {
  return {
    CLIENT_ID: client.client_id,
    CLIENT_SECRET: client.client_secret ?? '',
    REDIRECT_URI: client.redirect_uris?.[0] ?? '',
    POST_LOGOUT_REDIRECT_URI: client.post_logout_redirect_uris?.[0] ?? '',
    SCOPE: client.scope,
  };
}
