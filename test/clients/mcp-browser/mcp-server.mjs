/** A protected MCP server: one tool, tokens judged by introspection, and the document that names the authorization server. */
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express from 'express';

const SCOPES = ['openid', 'offline_access'];

/** @returns {Promise<{ url: string, close: () => void }>} */
export async function startMcpServer({ issuer, adminUrl }) {
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const resource = `${origin}/mcp`;
  const documentPath = '/.well-known/oauth-protected-resource/mcp';

  app.use(openToPages);
  app.get(documentPath, (_request, response) => {
    response.json({ resource, authorization_servers: [issuer], scopes_supported: SCOPES });
  });
  const verifier = { verifyAccessToken: (token) => introspect(adminUrl, token) };
  const guard = requireBearerAuth({ verifier, resourceMetadataUrl: `${origin}${documentPath}` });
  app.all('/mcp', guard, express.json(), answer);
  return { url: resource, close: () => server.close() && server.closeAllConnections() };
}

function openToPages(request, response, next) {
  response.set({
    'access-control-allow-origin': '*',
    'access-control-allow-headers': 'authorization, content-type, mcp-protocol-version, mcp-session-id',
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-expose-headers': 'www-authenticate, mcp-session-id',
  });
  if (request.method === 'OPTIONS') response.status(204).end();
  else next();
}

async function introspect(adminUrl, token) {
  const body = new URLSearchParams({ token });
  const response = await fetch(`${adminUrl}/admin/oauth2/introspect`, { method: 'POST', body });
  const { active, client_id: clientId, scope = '', exp, sub } = await response.json();
  if (!active) throw new InvalidTokenError('The token is not active.');
  return { token, clientId, scopes: scope.split(' '), expiresAt: exp, extra: { sub } };
}

/** Without sessions: each request has a server of its own. */
async function answer(request, response) {
  if (request.method !== 'POST') {
    response.status(405).end();
    return;
  }
  const server = new McpServer({ name: 'whoami', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Who is asking?' }, ({ authInfo }) => ({
    content: [{ type: 'text', text: authInfo.extra.sub }],
  }));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => void transport.close());
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
}
