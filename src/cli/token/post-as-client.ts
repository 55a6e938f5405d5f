import { type Api, type Reply, replyOf } from '../api/api.js';
import { errorBody } from '../api/refusal.js';
import type { HttpAnswer } from '../api/http-exchange.js';
import type { ClientCredentials } from './token-flags.js';

/**
 * Posts a form as a client (RFC 6749 §2.3.1): with Basic authentication, then, where that is refused, with the secret in
 * the body, since nobody says which of the two the client is registered with. Public clients send their id.
 * @throws CommandFailed where the answer is no success
 */
export async function postAsClient(
  api: Api,
  url: URL,
  form: Record<string, string>,
  client: ClientCredentials,
): Promise<Reply> {
  return replyOf('POST', url, await authenticated(api, url, form, client));
}

/** The same, whatever the answer is. */
export async function authenticated(
  api: Api,
  url: URL,
  form: Record<string, string>,
  { id, secret }: ClientCredentials,
): Promise<HttpAnswer> {
  if (secret === undefined) return api.send('POST', url, { form: { ...form, client_id: id } });
  const first = await api.send('POST', url, { form, headers: { authorization: basic(id, secret) } });
  if (errorBody(first.text).error !== 'invalid_client') return first;
  const second = await api.send('POST', url, { form: { ...form, client_id: id, client_secret: secret } });
  return second.status < 300 ? second : first;
}

/** RFC 6749 §2.3.1: both are form encoded first. */
function basic(id: string, secret: string): string {
  const [user, password] = [id, secret].map((text) => new URLSearchParams({ '': text }).toString().slice(1));
  return `Basic ${Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')}`;
}
