/** The operator's app of backchannel authentication: it takes the hook, and answers requests at the admin API. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CIBA } from '../../src/protocol/constants.js';
import { type Answer, RelyingParty, send } from './relying-party.js';
import type { TestServer } from './server.js';

/** What the hook is told. */
export interface Told {
  [member: string]: unknown;
  challenge: string;
}

export type HookAnswer = (told: Told, response: ServerResponse) => void | Promise<void>;

const go: HookAnswer = (_, response) => {
  response.writeHead(204).end();
};

export class CibaApp {
  readonly told: Told[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  /** How it responds. Default: 204. */
  answer: HookAnswer = go;
  private readonly server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const told = JSON.parse(body) as Told;
      this.told.push(told);
      this.headers.push(request.headers);
      await this.answer(told, response);
    });
  });

  static async open(): Promise<CibaApp> {
    const app = new CibaApp();
    await new Promise<void>((done) => app.server.listen(0, '127.0.0.1', done));
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/ciba`;
  }

  /** The challenge of the last request. */
  get challenge(): string {
    return this.told.at(-1)?.challenge ?? '';
  }

  /** Answers the hook with this status and body. */
  say(status: number, body = '', type = 'application/json'): void {
    this.answer = (_, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
  }

  goAhead(): void {
    this.answer = go;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

/** Answers a request as the app does. */
export const answerCiba = (
  server: TestServer,
  challenge: string,
  verb: 'accept' | 'reject',
  body: unknown = verb === 'accept' ? { subject: 'alice', grant_scope: ['openid', 'offline_access'] } : {},
): Promise<Answer> =>
  send('PUT', `${server.admin}/admin/oauth2/auth/requests/ciba/${verb}?ciba_challenge=${challenge}`, {
    body: JSON.stringify(body),
  });

export const readCiba = (server: TestServer, challenge: string): Promise<Answer> =>
  send('GET', `${server.admin}/admin/oauth2/auth/requests/ciba?ciba_challenge=${challenge}`);

/** A client that asks for people by backchannel authentication. */
export class CibaParty {
  private constructor(readonly client: RelyingParty) {}

  static async register(server: TestServer, over: Record<string, unknown> = {}): Promise<CibaParty> {
    const client = await RelyingParty.register(server, { grant_types: [CIBA, 'refresh_token'], ...over });
    return new CibaParty(client);
  }

  at(server: TestServer): CibaParty {
    return new CibaParty(this.client.at(server));
  }

  /** A backchannel authentication request; `undefined` leaves a parameter out. */
  begin(over: Record<string, string | undefined> = {}): Promise<Answer> {
    const all: Record<string, string | undefined> = {
      scope: 'openid offline_access',
      login_hint: 'alice@shop.example',
      ...over,
    };
    const form = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return send('POST', `${this.client.server.public}/oauth2/ciba/auth`, {
      body: new URLSearchParams(form),
      headers: this.client.credentials,
    });
  }

  /** The auth_req_id of a new request. */
  async started(over: Record<string, string | undefined> = {}): Promise<string> {
    const { status, json, text: answer } = await this.begin(over);
    if (status !== 200) throw new Error(`The request was refused: ${answer}`);
    return json.auth_req_id as string;
  }

  poll(authReqId: string): Promise<Answer> {
    return this.client.token({ grant_type: CIBA, auth_req_id: authReqId });
  }
}

/** The settings with which a server has the feature. */
export const cibaSettings = (app: CibaApp, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  ciba: { enabled: true, interval: '1s', hook: app.url, ...over },
});
