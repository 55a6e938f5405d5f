import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  status: { code?: number };
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

interface Export {
  resourceSpans: {
    resource: { attributes: CollectedSpan['attributes'] };
    scopeSpans: { spans: CollectedSpan[] }[];
  }[];
}

export interface Collector {
  /** `host:port` */
  address: string;
  spans: CollectedSpan[];
  /** Resource attributes of the process that sent the spans. */
  resource: Record<string, unknown>;
  /** The Authorization header of each export. */
  authorizations: (string | undefined)[];
  /** Everything received, as text. */
  readonly text: string;
  close(): Promise<void>;
}

/** A minimal receiver of OTLP over HTTP (JSON). */
export async function startCollector(): Promise<Collector> {
  const bodies: string[] = [];
  const collector = { spans: [], resource: {}, authorizations: [] } as unknown as Collector & { text: string };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') {
        bodies.push(body);
        collector.authorizations.push(request.headers.authorization);
        for (const { resource, scopeSpans } of (JSON.parse(body) as Export).resourceSpans) {
          Object.assign(collector.resource, named(resource.attributes));
          for (const { spans } of scopeSpans) collector.spans.push(...spans);
        }
      }
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  collector.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.defineProperty(collector, 'text', { get: () => bodies.join('\n') });
  collector.close = () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return collector;
}

export function named(attributes: CollectedSpan['attributes']): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));
}
