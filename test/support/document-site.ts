/** An https server of client id metadata documents, with a certificate that the test run trusts. */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inject } from 'vitest';

export type Document = Record<string, unknown>;

/** How a path is answered; undefined: never. */
export interface SiteAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** JSON unless it is a text. */
  body?: unknown;
}

type Answering = (request: IncomingMessage) => SiteAnswer | undefined;

const FRESH = { 'cache-control': 'max-age=3600' };

export class DocumentSite {
  private readonly answers = new Map<string, Answering>();
  /** The paths that were asked for. */
  readonly requests: string[] = [];
  private server: Server | undefined;
  private port = 0;

  static async start(): Promise<DocumentSite> {
    const site = new DocumentSite();
    await site.open();
    return site;
  }

  /** Listens, on the same port as before. */
  async open(): Promise<void> {
    const { cert, key } = inject('trustedSite');
    const server = createServer({ cert, key }, (request, response) => {
      this.answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  }

  get origin(): string {
    return `https://127.0.0.1:${String(this.port)}`;
  }

  /** How often the path was asked for. */
  count(path: string): number {
    return this.requests.filter((one) => one === path).length;
  }

  on(path: string, answering: Answering): string {
    this.answers.set(path, answering);
    return this.origin + path;
  }

  /** Publishes a document; returns its address, the client id. An undefined member is left out. */
  publish(path: string, over: Document = {}, headers: Record<string, string> = FRESH): string {
    const id = this.origin + path;
    const document = {
      ...{ client_id: id, client_name: 'A tool', redirect_uris: ['https://app.example/cb'] },
      ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
      ...{ token_endpoint_auth_method: 'none', scope: 'openid offline_access', ...over },
    };
    return this.on(path, () => ({ headers, body: document }));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    this.requests.push(path);
    const answering = this.answers.get(path);
    const answer = answering ? answering(request) : { status: 404, body: {} };
    if (!answer) return;
    const { status = 200, headers, body } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }
}
