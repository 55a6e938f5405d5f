import { startEmbeddedPostgres, startTemporaryPostgres } from '../../../src/database/embedded-postgres.js';

/** Uses an embedded PostgreSQL until standard input ends. Prints its DSN, and a line after it was released. */
export default async function hold(folder: string): Promise<void> {
  const postgres = folder === 'temporary' ? await startTemporaryPostgres() : await startEmbeddedPostgres(folder);
  process.stdout.write(`${postgres.dsn}\n`);
  for await (const _ of process.stdin);
  await postgres.stop();
  process.stdout.write('stopped\n');
}
