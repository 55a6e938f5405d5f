/**
 * `npm run demo`: Ostiary with its embedded database, the example login and consent app, and the example app that people
 * log in to. Ctrl-C stops them all. Ports: SERVE_PUBLIC_PORT, SERVE_ADMIN_PORT, LOGIN_PORT, APP_PORT.
 */
import { readPorts, requireFree, DemoError } from './demo/ports.mjs';
import { registerClient } from './demo/register-client.mjs';
import { ServerProcess } from './demo/server-process.mjs';
import { loginConsentApp } from './login-consent/app.mjs';
import { users } from './login-consent/users.mjs';
import { listen } from './pages/listen.mjs';
import { relyingPartyApp } from './relying-party/app.mjs';

const on = (port) => `http://127.0.0.1:${port}`;

async function main() {
  const ports = readPorts(process.env);
  await requireFree(ports);
  const server = new ServerProcess(environment(ports), on(ports.admin));
  stopWith(server);
  await server.ready();
  const client = await registerClient(on(ports.admin), on(ports.app));
  await listen(loginConsentApp({ adminUrl: on(ports.admin) }), ports.login);
  const own = { issuer: on(ports.public), adminUrl: on(ports.admin), ownUrl: on(ports.app) };
  await listen(relyingPartyApp({ ...own, ...client }), ports.app);
  announce(on(ports.app));
}

function environment(ports) {
  const login = on(ports.login);
  return {
    DATA_DIR: './data',
    LOG_LEVEL: 'warn',
    ...process.env,
    SERVE_PUBLIC_PORT: String(ports.public),
    SERVE_ADMIN_PORT: String(ports.admin),
    URLS_SELF_ISSUER: on(ports.public),
    URLS_LOGIN: `${login}/login`,
    URLS_CONSENT: `${login}/consent`,
    URLS_LOGOUT: `${login}/logout`,
    URLS_ERROR: `${login}/error`,
    URLS_POST_LOGOUT_REDIRECT: `${login}/logged-out`,
    URLS_DEVICE_VERIFICATION: `${login}/device`,
    URLS_DEVICE_SUCCESS: `${login}/device/success`,
    OIDC_CIBA_HOOK: `${login}/ciba/hook`, // called with OIDC_CIBA_ENABLED=true alone
  };
}

/** However it ends, the server goes as well; and the demo does not outlive the server. */
function stopWith(server) {
  let stopping = false;
  const stop = () => {
    if (stopping) server.kill();
    stopping = true;
    void server.stop().then(() => process.exit(0));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  void server.exited.then((how) => {
    if (stopping) return;
    console.error(`The server has ended (exit ${how}), and so does the demo.`);
    process.exit(1);
  });
}

function announce(url) {
  const [{ email, password }] = users;
  console.log(`
  Ostiary is running. Open this address:

      ${url}

  Press "Log in", then type  ${email}  and  ${password}

  Ctrl-C stops everything.
`);
}

main().catch((error) => {
  console.error(error instanceof DemoError ? error.message : error);
  process.exit(1); // the server notices and stops
});
