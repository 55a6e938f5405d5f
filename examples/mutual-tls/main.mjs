/**
 * A service that authenticates with a certificate (RFC 8705), through the npm package openid-client:
 * `ISSUER=https://id.example CLIENT_ID=… CERT=client.pem KEY=client.key node examples/mutual-tls/main.mjs`
 * CA names the authority of the server, where Node.js does not know it. It prints the token that it gets.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import * as oidc from 'openid-client';

const { ISSUER = 'http://127.0.0.1:4444', CLIENT_ID = 'service-a', CERT = '', KEY = '', CA } = process.env;

const agent = new Agent({
  keepAlive: true,
  cert: readFileSync(CERT),
  key: readFileSync(KEY),
  ...(CA && { ca: readFileSync(CA) }),
});

/** The `fetch` of Node.js takes no certificate: requests over TLS go through an agent that has one. */
function fetchWithCertificate(url, { method, headers, body, signal }) {
  if (!url.startsWith('https:')) return fetch(url, { method, headers, body, signal });
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers: Object.fromEntries(new globalThis.Headers(headers)), signal });
    sent.once('error', reject).once('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk)).once('error', reject);
      response.once('end', () => {
        resolve(
          new globalThis.Response(Buffer.concat(chunks), { status: response.statusCode, headers: response.headers }),
        );
      });
    });
    sent.end(body?.toString());
  });
}

const execute = ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
// With `use_mtls_endpoint_aliases` the requests go to the addresses in `mtls_endpoint_aliases`.
const metadata = { use_mtls_endpoint_aliases: true };
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, metadata, oidc.TlsClientAuth(), {
  execute,
  [oidc.customFetch]: fetchWithCertificate,
});
const tokens = await oidc.clientCredentialsGrant(provider);
console.log(JSON.stringify(tokens));
agent.destroy();
