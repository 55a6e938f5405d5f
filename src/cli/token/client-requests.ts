/** Requests of a client that authenticates (RFC 6749 §2.3.1) and does not know its registered method. */
import { type Api, type Form, type Reply, replyOf } from '../api/api.js';
import type { HttpAnswer } from '../api/http-exchange.js';
import { errorBody } from '../api/refusal.js';
import type { ClientCredentials } from './token-flags.js';

/** Tries Basic first; after a refusal it sends the secret in the body, from then on. Public clients send their id. */
export class ClientRequests {
  private inBody = false;

  constructor(
    private readonly api: Api,
    private readonly client: ClientCredentials,
  ) {}

  /** @throws CommandFailed where the response is not a success */
  async post(url: URL, form: Form): Promise<Reply> {
    return replyOf('POST', url, await this.send(url, form));
  }

  /** Returns the response, whatever its status. */
  async send(url: URL, form: Form): Promise<HttpAnswer> {
    const { id, secret } = this.client;
    if (secret === undefined) return this.api.send('POST', url, { form: { ...form, client_id: id } });
    if (this.inBody) return this.withSecret(url, form, secret);
    const headers = { authorization: basic(id, secret) };
    const answer = await this.api.send('POST', url, { form, headers });
    if (!isInvalidClient(answer)) return answer;
    const second = await this.withSecret(url, form, secret);
    this.inBody = !isInvalidClient(second);
    return this.inBody ? second : answer;
  }

  private withSecret(url: URL, form: Form, secret: string): Promise<HttpAnswer> {
    return this.api.send('POST', url, { form: { ...form, client_id: this.client.id, client_secret: secret } });
  }
}

const isInvalidClient = ({ text }: HttpAnswer): boolean => errorBody(text).error === 'invalid_client';

/** Both parts are form-encoded before they are joined. */
function basic(id: string, secret: string): string {
  const [user = '', password = ''] = [id, secret].map((text) => new URLSearchParams({ '': text }).toString().slice(1));
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
