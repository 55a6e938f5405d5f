import { Logger } from '@nestjs/common';
import { expect, it, vi } from 'vitest';
import { connectForRequests } from '../../../src/database/data-source.js';
import { freshDatabase } from '../../support/postgres.js';

const CONNECTIONS = 8;

it('connections that are lost at the same time are logged as a number, not one by one', async () => {
  const database = await freshDatabase();
  const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  const mark = database.dsn.includes('?') ? '&' : '?';
  const dataSource = await connectForRequests(`${database.dsn}${mark}max_conns=${CONNECTIONS}`, []);
  const runners = Array.from({ length: CONNECTIONS }, () => dataSource.createQueryRunner());
  await Promise.all(runners.map((runner) => runner.query('select 1')));
  await Promise.all(runners.map((runner) => runner.release()));
  const holder = await connectForRequests(database.dsn, []);
  await holder.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  const lines = (): string[] => warned.mock.calls.map(([text]) => String(text)).filter((text) => / lost/.test(text));
  const told = (): number => lines().reduce((sum, text) => sum + Number(/^\d+/.exec(text)?.[0] ?? 1), 0);
  await expect.poll(told, { timeout: 5_000 }).toBe(CONNECTIONS);
  expect(lines().length).toBeLessThan(CONNECTIONS);
  warned.mockRestore();
  await Promise.all([dataSource.destroy(), holder.destroy()]);
  await database.drop();
});
