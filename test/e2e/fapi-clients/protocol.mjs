/**
 * How the test and a client program talk: the program prints an address for a browser, reads the address at which the browser
 * arrived, and prints what came of it as JSON. It learns everything else from the environment.
 */
import { webcrypto as crypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createInterface } from 'node:readline';

export const settings = {
  issuer: new URL(process.env.ISSUER),
  clientId: process.env.CLIENT_ID,
  redirectUri: process.env.REDIRECT_URI,
  /** `dpop` or `mtls`. */
  binding: process.env.BINDING,
  jwk: JSON.parse(process.env.CLIENT_KEY),
};

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

/** The private key of the client, as the libraries take it. */
export async function clientKey() {
  const { kty, crv, x, y, d, kid } = settings.jwk;
  return { key: await crypto.subtle.importKey('jwk', { kty, crv, x, y, d }, ALGORITHM, false, ['sign']), kid };
}

/** Sends the person to the address; resolves with the address to which the server sent them back. */
export async function visited(address) {
  const lines = createInterface({ input: process.stdin });
  console.log(address.href);
  const line = await new Promise((resolve) => lines.once('line', resolve));
  lines.close();
  return new URL(line);
}

export const report = (result) => console.log(JSON.stringify(result));

/** `fetch` over connections with the certificate of the client, which the one of Node.js cannot present. */
export async function fetchWithCertificate(url, { method = 'GET', headers = {}, body } = {}) {
  const [cert, key, ca] = ['CLIENT_CERT', 'CLIENT_CERT_KEY', 'NODE_EXTRA_CA_CERTS'].map((name) =>
    readFileSync(process.env[name], 'utf8'),
  );
  const sent = Object.fromEntries(new globalThis.Headers(headers));
  const text = body === undefined || body === null ? undefined : String(body);
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: sent, cert, key, ca, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part)).once('error', reject);
      answer.once('end', () => {
        const pairs = Object.entries(answer.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
        resolve(new globalThis.Response(Buffer.concat(parts), { status: answer.statusCode, headers: pairs }));
      });
    });
    asked.once('error', reject).end(text);
  });
}
