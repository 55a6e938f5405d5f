/** Services that exchange tokens (RFC 8693), and what they get. */
import { TOKEN_EXCHANGE } from '../../src/protocol/constants.js';
import { TOKEN_TYPES } from '../../src/oauth2/token/exchange/token-types.js';
import { type Answer, RelyingParty, send, type Tokens } from './relying-party.js';
import type { TestServer } from './server.js';

export { TOKEN_TYPES } from '../../src/oauth2/token/exchange/token-types.js';

export const API = 'https://api.example';

/** A client that may exchange tokens, as a service is. */
export function service(server: TestServer, over: Record<string, unknown> = {}): Promise<RelyingParty> {
  return RelyingParty.register(server, {
    grant_types: [TOKEN_EXCHANGE, 'client_credentials', 'refresh_token', 'authorization_code'],
    scope: 'openid offline_access read write',
    ...over,
  });
}

/** A web application whose tokens are meant for these services. */
export function webApp(server: TestServer, services: readonly RelyingParty[], over: Record<string, unknown> = {}) {
  return RelyingParty.register(server, {
    scope: 'openid offline_access read write',
    audience: services.map(({ clientId }) => clientId),
    ...over,
  });
}

/** A person logs in to the application, for all of its audience. */
export async function tokensFor(
  app: RelyingParty,
  services: readonly RelyingParty[],
  { scope = 'openid offline_access read', ...over }: Record<string, string> = {},
  consent: Record<string, unknown> = {},
): Promise<Tokens> {
  const audience = services.map(({ clientId }) => clientId).join(' ');
  return app.tokens({ scope, ...(audience && { audience }), ...over }, consent);
}

export function exchangeForm(subject: string, form: Record<string, string> = {}): Record<string, string> {
  return {
    ...{ grant_type: TOKEN_EXCHANGE, subject_token: subject, subject_token_type: TOKEN_TYPES.accessToken },
    ...form,
  };
}

export function exchange(by: RelyingParty, subject: string, form: Record<string, string> = {}): Promise<Answer> {
  return by.token(exchangeForm(subject, form));
}

/** @throws Error if it is refused */
export async function exchanged(by: RelyingParty, subject: string, form: Record<string, string> = {}): Promise<Tokens> {
  const { status, json, text } = await exchange(by, subject, form);
  if (status !== 200) throw new Error(`The token was not exchanged: ${text}`);
  return json as unknown as Tokens;
}

export const actorForm = (token: string, type: string = TOKEN_TYPES.accessToken): Record<string, string> => ({
  actor_token: token,
  actor_token_type: type,
});

/** A token of the client itself. */
export async function ownToken(client: RelyingParty, form: Record<string, string> = {}): Promise<string> {
  return String((await client.token({ grant_type: 'client_credentials', ...form })).json.access_token);
}

export async function introspect({ server }: RelyingParty, token: string): Promise<Record<string, unknown>> {
  return (await send('POST', `${server.admin}/admin/oauth2/introspect`, { body: new URLSearchParams({ token }) })).json;
}
