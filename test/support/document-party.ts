/** A public client that is known by its document, with the person and the apps that it meets. */
import { createHash, randomBytes } from 'node:crypto';
import { CookieBrowser, type End, type Walk } from './cookie-browser.js';
import { type Answer, CALLBACK, send, type Tokens } from './relying-party.js';
import type { TestServer } from './server.js';

export class DocumentParty {
  readonly verifier = randomBytes(32).toString('base64url');
  readonly browser: CookieBrowser;

  constructor(
    readonly server: TestServer,
    readonly clientId: string,
    /** The network address of the browser, as a trusted proxy tells it. */
    private readonly from?: string,
  ) {
    this.browser = new CookieBrowser(server);
  }

  get challenge(): string {
    return createHash('sha256').update(this.verifier).digest('base64url');
  }

  parameters(over: Record<string, string | undefined> = {}): Record<string, string> {
    const all = {
      ...{ client_id: this.clientId, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid offline_access' },
      ...{ state: 'a-long-state', code_challenge: this.challenge, code_challenge_method: 'S256', ...over },
    };
    const sent: [string, string | undefined][] = Object.entries(all);
    return Object.fromEntries(sent.filter((pair): pair is [string, string] => pair[1] !== undefined));
  }

  /** The walk of the browser, with login and consent unless the walk says otherwise. */
  walk(over: Record<string, string | undefined> = {}, walk: Walk = {}): Promise<End> {
    return this.browser.walk(`/oauth2/auth?${new URLSearchParams(this.parameters(over)).toString()}`, walk);
  }

  /** The first answer to the browser. */
  visit(over: Record<string, string | undefined> = {}): Promise<Answer> {
    const query = new URLSearchParams(this.parameters(over)).toString();
    const headers = this.from === undefined ? undefined : { 'x-forwarded-for': this.from };
    return send('GET', `${this.server.public}/oauth2/auth?${query}`, { headers });
  }

  async tokens(over: Record<string, string | undefined> = {}): Promise<Tokens> {
    const { parameters } = await this.walk(over);
    const { status, json, text } = await this.redeem(parameters.code ?? '');
    if (status !== 200) throw new Error(`No tokens: ${JSON.stringify(parameters)} ${text}`);
    return json as unknown as Tokens;
  }

  redeem(code: string, over: Record<string, string> = {}): Promise<Answer> {
    const form = { code, redirect_uri: CALLBACK, code_verifier: this.verifier, ...over };
    return this.post('/oauth2/token', { grant_type: 'authorization_code', ...form });
  }

  refresh(refreshToken: string): Promise<Answer> {
    return this.post('/oauth2/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  post(path: string, form: Record<string, string>): Promise<Answer> {
    const body = new URLSearchParams({ client_id: this.clientId, ...form });
    return send('POST', this.server.public + path, { body });
  }

  /** Its document must be fetched again. @param run a statement on the database of the server */
  async outdate(run: (sql: string, values: unknown[]) => Promise<unknown>): Promise<void> {
    await run(`update client set document_fresh_until = created_at where client_id = $1`, [this.clientId]);
    await this.changeOwner(); // the caches hear of a change by the API alone
  }

  /** A change that is the administrator's. */
  async changeOwner(): Promise<Answer> {
    const { json } = await this.admin('GET');
    return this.admin('PUT', { ...json, owner: `owner ${randomBytes(4).toString('hex')}` });
  }

  admin(method: string, body?: unknown, tail = ''): Promise<Answer> {
    const path = `/admin/clients/${encodeURIComponent(this.clientId)}${tail}`;
    return send(method, this.server.admin + path, body === undefined ? {} : { body: JSON.stringify(body) });
  }
}
