/**
 * An MCP server behind Ostiary. It tells clients where to log in (RFC 9728), takes tokens whose audience is this server alone,
 * and has one tool, which says who is asking.
 *
 * ISSUER and ADMIN_URL: Ostiary; PORT: where this server listens.
 */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import {
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthMetadataRouter,
} from '@modelcontextprotocol/sdk/server/auth/router.js';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import express from 'express';
import { listen } from '../pages/listen.mjs';

const { ISSUER = 'http://127.0.0.1:4444', ADMIN_URL = 'http://127.0.0.1:4445', PORT = '3100' } = process.env;
const resource = new URL(`http://127.0.0.1:${PORT}/mcp`);

/** RFC 7662: a token counts if it is active, and meant for this server alone. */
const verifier = {
  async verifyAccessToken(token) {
    const body = new URLSearchParams({ token });
    const response = await fetch(`${ADMIN_URL}/admin/oauth2/introspect`, { method: 'POST', body });
    const { active, aud = [], client_id: clientId, scope = '', exp, sub } = await response.json();
    if (!active || aud.length !== 1 || aud[0] !== resource.href)
      throw new InvalidTokenError('It is not for this server.');
    return {
      token,
      clientId,
      scopes: scope.split(' '),
      expiresAt: exp,
      resource,
      extra: { subject: sub, audience: aud },
    };
  },
};

function mcpServer() {
  const server = new McpServer({ name: 'example', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Says who is asking, and through which client.' }, ({ authInfo }) => {
    const { clientId, extra } = authInfo;
    return { content: [{ type: 'text', text: JSON.stringify({ ...extra, client: clientId }) }] };
  });
  return server;
}

const discovery = await (await fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).json();
const app = express();
app.use(
  mcpAuthMetadataRouter({
    oauthMetadata: discovery,
    resourceServerUrl: resource,
    scopesSupported: ['openid', 'offline_access'],
    resourceName: 'The example server',
  }),
);
const bearer = requireBearerAuth({
  verifier,
  expectedResource: resource,
  resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
});
app.post('/mcp', bearer, express.json(), async (request, response) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  await mcpServer().connect(transport);
  await transport.handleRequest(request, response, request.body);
});
app.all('/mcp', bearer, (request, response) => response.status(405).set('allow', 'POST').end());

await listen(app, Number(PORT));
console.log(`The MCP server is ${resource.href}`);
