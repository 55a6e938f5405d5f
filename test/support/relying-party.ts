/** A client of the server that plays the login and consent apps and the browser as well: from nothing to tokens. */
import { CookieBrowser } from './cookie-browser.js';
import { type Answer, send } from './send.js';
import type { TestServer } from './server.js';
import { volley, type VolleyAnswer } from './volley.js';

export { type Answer, send } from './send.js';

export const CALLBACK = 'https://app.example/cb';

export interface Tokens {
  access_token: string;
  refresh_token: string;
  id_token: string;
  scope: string;
  expires_in: number;
}

/** Parameters of a request; a list is sent as a repeated parameter. */
export type Form = Record<string, string | readonly string[]>;

export function encoded(form: Form): URLSearchParams {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as [string, string]),
  );
  return new URLSearchParams(pairs);
}

export class RelyingParty {
  private constructor(
    readonly server: TestServer,
    readonly clientId: string,
    readonly secret: string,
  ) {}

  /** Registers a client through the admin API. */
  static async register(server: TestServer, over: Record<string, unknown> = {}): Promise<RelyingParty> {
    const { json, status, text } = await send('POST', `${server.admin}/admin/clients`, {
      body: JSON.stringify({
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code', 'code id_token token'],
        redirect_uris: [CALLBACK],
        scope: 'openid offline_access photos.*',
        ...over,
      }),
    });
    if (status !== 201) throw new Error(`The client was not registered: ${text}`);
    return new RelyingParty(server, json.client_id as string, json.client_secret as string);
  }

  /** The same client at another server on the same database. */
  at(server: TestServer): RelyingParty {
    return new RelyingParty(server, this.clientId, this.secret);
  }

  withSecret(secret: string): RelyingParty {
    return new RelyingParty(this.server, this.clientId, secret);
  }

  token(form: Form): Promise<Answer> {
    return this.post('/oauth2/token', form);
  }

  refresh(refreshToken: string, form: Form = {}): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...form });
  }

  redeem(code: string, form: Form = {}): Promise<Answer> {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...form });
  }

  /** A device authorization request (RFC 8628 §3.1). */
  startDevice(form: Form = {}): Promise<Answer> {
    return this.post('/oauth2/device/auth', { client_id: this.clientId, scope: 'openid offline_access', ...form });
  }

  /** A pushed authorization request (RFC 9126 §2.1). */
  push(parameters: Form): Promise<Answer> {
    return this.post('/oauth2/par', { client_id: this.clientId, ...parameters });
  }

  /** What the browser brings of a pushed request. */
  pushedAddress(requestUri: string): string {
    return `/oauth2/auth?${new URLSearchParams({ client_id: this.clientId, request_uri: requestUri }).toString()}`;
  }

  revoke(token: string): Promise<Answer> {
    return this.post('/oauth2/revoke', { token });
  }

  async isActive(token: string): Promise<boolean> {
    const body = new URLSearchParams({ token });
    return (await send('POST', `${this.server.admin}/admin/oauth2/introspect`, { body })).json.active as boolean;
  }

  admin(method: string, path: string, body?: unknown): Promise<Answer> {
    return send(method, `${this.server.admin}/admin${path}`, {
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  /** The parameters of the redirect to the client after login and consent. */
  async authorize(over: Form = {}, consent: Record<string, unknown> = {}): Promise<URLSearchParams> {
    return new CookieBrowser(this.server, { consent }).follow(this.address(over));
  }

  /** Path and query of an authorization request; `undefined` leaves a parameter out. */
  address(over: Record<string, Form[string] | undefined> = {}): string {
    const all: Record<string, Form[string] | undefined> = {
      ...{ client_id: this.clientId, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid offline_access' },
      ...{ state: 'a-long-state', nonce: 'a-long-nonce', ...over },
    };
    const sent = Object.entries(all).filter((pair): pair is [string, Form[string]] => pair[1] !== undefined);
    return `/oauth2/auth?${encoded(Object.fromEntries(sent)).toString()}`;
  }

  async code(over: Form = {}, consent: Record<string, unknown> = {}): Promise<string> {
    const code = (await this.authorize(over, consent)).get('code');
    if (!code) throw new Error('The authorization endpoint gave no code.');
    return code;
  }

  /** The whole code flow. */
  async tokens(over: Form = {}, consent: Record<string, unknown> = {}): Promise<Tokens> {
    const { status, json, text } = await this.redeem(await this.code(over, consent));
    if (status !== 200) throw new Error(`The code was not redeemed: ${text}`);
    return json as unknown as Tokens;
  }

  /** The same token request `count` times, all overlapping, in turn to each of the servers. */
  volley(count: number, form: Record<string, string>, servers: TestServer[]): Promise<VolleyAnswer[]> {
    const addresses = Array.from(
      { length: count },
      (_, i) => `${servers[i % servers.length]?.public ?? ''}/oauth2/token`,
    );
    return volley(addresses, form, this.credentials);
  }

  private post(path: string, form: Form): Promise<Answer> {
    return send('POST', this.server.public + path, { body: encoded(form), headers: this.credentials });
  }

  /** The client's HTTP Basic header (RFC 6749 §2.3.1). */
  get credentials(): { authorization: string } {
    const pair = `${this.clientId}:${encodeURIComponent(this.secret)}`;
    return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  }
}
