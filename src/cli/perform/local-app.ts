/**
 * A small web server on this machine, for the pages of `perform`. It refuses host names that are not its own, so that a
 * web site whose name resolves to this machine cannot reach it. Forms hold a token that other sites cannot know.
 */
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { equalText } from '../../crypto/digest.js';
import { randomText } from '../../crypto/random.js';
import { contentSecurityPolicy } from '../../http/replies/content-security-policy.js';
import { escapeHtml, page } from '../../http/replies/page.js';
import { CommandFailed } from '../command-failed.js';
import { failureText } from '../failure-text.js';

interface LocalRequest {
  method: string;
  query: URLSearchParams;
  /** Empty where the request had no body. */
  form: URLSearchParams;
}

/** A page, or an address for a redirect. */
export type LocalReply = { title: string; body: string; status?: number } | { location: string };

export type Route = (request: LocalRequest) => LocalReply | Promise<LocalReply>;

interface LocalAppOptions {
  host: string;
  /** 0 stands for any free port. */
  port: number;
  /** Key and certificate in PEM form; with them the app serves https. */
  tls?: { key: string; cert: string };
  /** Further host names that browsers may use. On a host that is not loopback, the default is any name. */
  names: string[];
  /** The routes by path. */
  routes: Map<string, Route>;
}

const STOP_MS = 1_000;
const MAX_FORM_BYTES = 1 << 20;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const FORM_TOKEN = randomText();

/** The form field that proves that a form comes from this app. */
export const FORM_TOKEN_FIELD = `<input type="hidden" name="form_token" value="${FORM_TOKEN}">`;

/** @throws CommandFailed where the form does not come from a page of this app */
export function requireOwnForm(form: URLSearchParams): void {
  if (equalText(form.get('form_token') ?? '', FORM_TOKEN)) return;
  throw new CommandFailed('This form is not from a page of this app. Go back, reload the page, and try again.');
}

export class LocalApp {
  private constructor(
    private readonly server: Server,
    private readonly options: LocalAppOptions,
  ) {}

  /** @throws CommandFailed where the port is taken */
  static async start(options: LocalAppOptions): Promise<LocalApp> {
    const server = options.tls ? (await import('node:https')).createServer(options.tls) : createHttpServer();
    const app = new LocalApp(server, options);
    server.on('request', (request, response) => void app.answer(request, response));
    server.listen(options.port, options.host);
    await once(server, 'listening').catch((error: unknown) => {
      const { code = '' } = error as NodeJS.ErrnoException;
      throw new CommandFailed(`Port ${options.port} cannot be opened (${code}): choose another with --port.`, error);
    });
    return app;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Answers the requests in progress, then ends. It does not wait for connections that browsers opened in advance. */
  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    const timer = setTimeout(() => {
      this.server.closeAllConnections();
    }, STOP_MS);
    await closed;
    clearTimeout(timer);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.reply(request).catch((error: unknown) => ({
      title: 'This did not work',
      body: `<p>${escapeHtml(failureText(error)).replaceAll('\n', '<br>')}</p>`,
      status: 400,
    }));
    const headers = { connection: 'close', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
    if ('location' in reply) {
      response.writeHead(302, { ...headers, location: reply.location }).end();
      return;
    }
    response.writeHead(reply.status ?? 200, {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy({ formAction: 'any' }),
    });
    response.end(request.method === 'HEAD' ? undefined : page(reply));
  }

  private async reply(request: IncomingMessage): Promise<LocalReply> {
    if (!this.isOwnName(request.headers.host ?? '')) {
      return { title: 'Not here', body: '<p>This app answers to names of this machine only.</p>', status: 403 };
    }
    const url = new URL(request.url ?? '/', 'http://local');
    const route = this.options.routes.get(url.pathname);
    if (!route) return { title: 'Not found', body: '<p>There is no such page.</p>', status: 404 };
    return route({ method: request.method ?? 'GET', query: url.searchParams, form: await formOf(request) });
  }

  private isOwnName(host: string): boolean {
    const name = host.replace(/:\d+$/, '');
    const { host: bound, names } = this.options;
    return !LOOPBACK.includes(bound) || [...LOOPBACK, ...names].includes(name);
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_FORM_BYTES) throw new CommandFailed('The form is too large.');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
