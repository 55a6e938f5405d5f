/**
 * An MCP client that is given nothing but the address of an MCP server:
 *
 *     node examples/mcp/client.mjs http://127.0.0.1:3100/mcp [https://app.example/client.json]
 *
 * With the second address, its metadata document, it needs no registration; without, it registers itself (RFC 7591). It
 * prints every request that it sends, calls the tool of the server, renews its tokens and calls it again.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { auth, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const [serverUrl, clientMetadataUrl] = process.argv.slice(2);

/** The browser comes back here (RFC 8252 §7.3): the port is any free one. */
const callback = createServer();
callback.listen(0, '127.0.0.1');
await once(callback, 'listening');
const redirectUrl = `http://127.0.0.1:${callback.address().port}/callback`;

const kept = {};
const provider = {
  redirectUrl,
  clientMetadataUrl,
  clientMetadata: {
    client_name: 'The example tool',
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    scope: 'openid offline_access',
  },
  clientInformation: () => kept.client,
  saveClientInformation: (client) => (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => (kept.tokens = tokens),
  codeVerifier: () => kept.verifier,
  saveCodeVerifier: (verifier) => (kept.verifier = verifier),
  state: () => (kept.state = randomUUID()),
  redirectToAuthorization: (address) => console.log(`open ${address.href}`),
};

/** Prints what is sent, and how it is answered. */
async function shown(url, init) {
  const response = await fetch(url, init);
  console.log(`${init?.method ?? 'GET'} ${String(url)} ${response.status}`);
  return response;
}

/** The code that the browser brings. RFC 9207: from the server that it was asked of. */
async function code() {
  const [request, response] = await once(callback, 'request');
  const query = new URL(request.url, redirectUrl).searchParams;
  response.end('You can close this window.');
  if (query.get('state') !== kept.state) throw new Error('This is the answer to another request.');
  if (!query.has('code')) throw new Error(`${query.get('error')}: ${query.get('error_description')}`);
  return query.get('code');
}

const transport = () => new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider: provider, fetch: shown });

async function whoami() {
  const client = new Client({ name: 'example', version: '1.0.0' });
  await client.connect(transport());
  const { content } = await client.callTool({ name: 'whoami' });
  console.log(`whoami: ${content[0].text}`);
  await client.close();
}

const first = transport();
const answered = code();
try {
  await new Client({ name: 'example', version: '1.0.0' }).connect(first);
} catch (error) {
  if (!(error instanceof UnauthorizedError)) throw error;
  await first.finishAuth(await answered);
}
await whoami();
const before = kept.tokens.access_token;
await auth(provider, { serverUrl, fetchFn: shown });
console.log(before === kept.tokens.access_token ? 'The same token.' : 'Renewed: another access token.');
await whoami();
callback.close();
