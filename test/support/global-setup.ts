/**
 * Once per run, in vitest's main process: offers a PostgreSQL and a Redis to the test files. PostgreSQL starts when the
 * first file asks for it, so that a run of unit tests starts nothing.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { PostgresService } from './postgres-service.js';
import { startRedis } from './redis-service.js';
import { type TrustedSite, trustedSite } from './trusted-site.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file asks for PostgreSQL: GET answers a PostgresService description. */
    postgresService: string;
    redisUrl: string;
    /** A certificate for servers of the tests. */
    trustedSite: TrustedSite;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = new PostgresService();
  const redis = await startRedis();
  const { site, remove } = await trustedSite();
  const server = createServer((_request, response) => {
    postgres.description().then(
      (description) => response.end(JSON.stringify(description)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  project.provide('postgresService', `http://127.0.0.1:${String(await listen(server))}`);
  project.provide('trustedSite', site);
  project.provide('redisUrl', redis?.url ?? '');
  return async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all([postgres.stop(), redis?.stop(), remove()]);
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
