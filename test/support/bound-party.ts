/** A client that proves possession of a key in its requests (RFC 9449). */
import { ProofKey, type ProofOptions } from './dpop-client.js';
import { type Answer, CALLBACK, encoded, type Form, RelyingParty, send } from './relying-party.js';
import { ISSUER, type TestServer } from './server.js';

interface Sent extends ProofOptions {
  key?: ProofKey;
  /** In place of a new proof; null: none. */
  proof?: string | null;
  server?: TestServer;
}

export class BoundParty {
  readonly key = new ProofKey();

  private constructor(
    readonly party: RelyingParty,
    private readonly isPublic: boolean,
  ) {}

  static async register(server: TestServer, over: Record<string, unknown> = {}): Promise<BoundParty> {
    const party = await RelyingParty.register(server, over);
    return new BoundParty(party, over.token_endpoint_auth_method === 'none');
  }

  token(form: Form, sent: Sent = {}): Promise<Answer> {
    return this.post('/oauth2/token', form, sent);
  }

  clientCredentials(sent: Sent = {}, form: Form = {}): Promise<Answer> {
    return this.token({ grant_type: 'client_credentials', ...form }, sent);
  }

  redeem(code: string, sent: Sent = {}, form: Form = {}): Promise<Answer> {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...form }, sent);
  }

  refresh(refreshToken: unknown, sent: Sent = {}, form: Form = {}): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: String(refreshToken), ...form }, sent);
  }

  push(form: Record<string, string>, sent: Sent = {}): Promise<Answer> {
    const request = {
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid offline_access',
      state: 'a-long-state',
    };
    return this.post('/oauth2/par', { client_id: this.party.clientId, ...request, ...form }, sent);
  }

  /** The whole code flow; the tokens are bound. */
  async tokens(sent: Sent = {}): Promise<Record<string, string>> {
    const answer = await this.redeem(await this.party.code(), sent);
    if (answer.status !== 200) throw new Error(`The code was not redeemed: ${answer.text}`);
    return answer.json as Record<string, string>;
  }

  /** @param scheme of the header Authorization */
  resource(
    token: string,
    {
      scheme = 'DPoP',
      path = '/userinfo',
      method = 'GET',
      ...sent
    }: Sent & { scheme?: string; path?: string; method?: string } = {},
  ): Promise<Answer> {
    const proof = sent.proof === undefined ? this.proof(method, path, { token, ...sent }) : sent.proof;
    const headers = { authorization: `${scheme} ${token}`, ...(proof === null ? {} : { dpop: proof }) };
    return send(method, (sent.server ?? this.party.server).public + path, { headers });
  }

  async introspect(token: unknown): Promise<Record<string, unknown>> {
    const body = new URLSearchParams({ token: String(token) });
    return (await send('POST', `${this.party.server.admin}/admin/oauth2/introspect`, { body })).json;
  }

  /** The address in a proof is that of the issuer, which requests to any server of it have. */
  proof(method: string, path: string, { key = this.key, ...options }: Sent = {}): string {
    return key.proof(method, ISSUER + path, options);
  }

  private post(path: string, form: Form, sent: Sent): Promise<Answer> {
    const proof = sent.proof === undefined ? this.proof('POST', path, sent) : sent.proof;
    const own: Record<string, string> = this.isPublic ? { client_id: this.party.clientId } : {};
    return send('POST', (sent.server ?? this.party.server).public + path, {
      body: encoded({ ...own, ...form }),
      headers: { ...(this.isPublic ? {} : this.party.credentials), ...(proof === null ? {} : { dpop: proof }) },
    });
  }
}
