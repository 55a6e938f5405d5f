import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A response that the application received. */
export interface Received {
  method: string;
  headers: IncomingHttpHeaders;
  parameters: URLSearchParams;
}

/** The site of an application: pages of the test, and a callback that records its requests. */
export class ApplicationSite {
  readonly received: Received[] = [];
  /** HTML by path. */
  readonly pages = new Map<string, string>();

  readonly listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '/', 'http://application');
    const parameters = method === 'POST' ? new URLSearchParams(await text(request)) : url.searchParams;
    if (url.pathname === '/callback') this.received.push({ method, headers, parameters });
    const page = url.pathname === '/callback' ? '<h1>Back at the application</h1>' : this.pages.get(url.pathname);
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  };
}
