/** oauth2-proxy in front of a page, which shows what the proxy tells it of the person. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SCOPE, PORT, CACHE } = process.env;
/** Milliseconds: longer than the proxy's cookie-refresh below, whose least value is a second of its clock. */
const LATER_MS = 2000;

let firstToken;

const page = createServer((request, response) => {
  const answer = request.url === '/later' ? sleep(LATER_MS, '') : describe(request.headers);
  answer.then(
    (text) => response.setHeader('Content-Type', 'text/html').end(`<p>${text}</p>`),
    (error) => response.writeHead(500).end(error.message),
  );
}).listen(0, '127.0.0.1');
await once(page, 'listening');

async function describe(headers) {
  const token = headers['x-forwarded-access-token'];
  firstToken ??= token;
  const userinfo = await fetch(`${ISSUER}/userinfo`, { headers: { Authorization: `Bearer ${token}` } });
  const { name } = await userinfo.json();
  return [
    `user: ${headers['x-forwarded-user']}`,
    `e-mail: ${headers['x-forwarded-email']}`,
    `name: ${name}`,
    `access token: ${token === firstToken ? 'the first' : 'another'}`,
  ].join(', ');
}

const options = {
  'http-address': `127.0.0.1:${PORT}`,
  upstream: `http://127.0.0.1:${page.address().port}/`,
  provider: 'oidc',
  'oidc-issuer-url': ISSUER,
  'client-id': CLIENT_ID,
  'client-secret': CLIENT_SECRET,
  'redirect-url': REDIRECT_URI,
  scope: SCOPE,
  'code-challenge-method': 'S256',
  'insecure-oidc-skip-nonce': 'false', // compares the nonce, which it does not by itself
  'email-domain': '*',
  'pass-access-token': 'true',
  'whitelist-domain': new URL(ISSUER).host, // where sign_out may redirect to
  'cookie-secret': randomBytes(16).toString('hex'),
  'cookie-refresh': '1s',
  'cookie-secure': 'false', // this run is on plain http
};
const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
const proxy = spawn(join(CACHE, 'build/oauth2-proxy'), words, { stdio: ['ignore', 'inherit', 'inherit'] });
const [code] = await once(proxy, 'exit');
process.exit(code ?? 1);
