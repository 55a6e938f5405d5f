import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../config/configuration.js';
import { parseDsn } from '../../config/dsn.js';
import { possibleWorkers, shareOf } from './shares.js';

const DSN = 'postgres://u:p@db.example/ostiary?sslmode=require&max_conns=7&max_idle_conns=3&max_conn_lifetime=1h';

function configuration(limits: { workers?: number; waiting?: number; connections?: number }): Configuration {
  const { workers = 3, waiting = 10, connections = 0 } = limits;
  const listener = { max_connections: connections };
  return {
    database: { prepared: 'auto', max_waiting: waiting },
    serve: { workers, public: listener, admin: listener, mtls: listener },
  } as unknown as Configuration;
}

const shares = (of: number, given: Configuration, dsn = DSN): Configuration[] =>
  Array.from({ length: of }, (_, index) => shareOf(given, dsn, { index, of }));

const poolOf = ({ dsn = '' }: Configuration) => parseDsn(dsn).pool;

describe('the shares of several processes', () => {
  it('add up to the connections of the dsn', () => {
    expect(shares(3, configuration({})).map((one) => poolOf(one).max)).toEqual([3, 2, 2]);
    expect(shares(3, configuration({})).map((one) => poolOf(one).min)).toEqual([1, 1, 1]);
  });

  it('leave the rest of the dsn as it is', () => {
    const [share] = shares(3, configuration({}));
    expect(parseDsn(share?.dsn ?? '')).toMatchObject({
      url: 'postgres://u:p@db.example/ostiary?sslmode=require',
      pool: { maxLifetimeSeconds: 3600, idleTimeoutMillis: 10_000 },
      warnings: [],
    });
  });

  it('keep the idle timeout of connections', () => {
    const [share] = shares(2, configuration({}), 'postgres://h/d?max_conn_idle_time=90s');
    expect(share && poolOf(share)).toMatchObject({ min: 0, idleTimeoutMillis: 90_000 });
  });

  it('divide the limits of queues and listeners, and leave unlimited ones unlimited', () => {
    const bounded = shares(3, configuration({ waiting: 10, connections: 2 }));
    expect(bounded.map(({ database }) => database.max_waiting)).toEqual([4, 3, 3]);
    expect(bounded.map(({ serve }) => serve.public.max_connections)).toEqual([1, 1, 1]);
    const open = shares(3, configuration({ waiting: 0, connections: 0 }));
    expect(open.map(({ database, serve }) => [database.max_waiting, serve.admin.max_connections])).toEqual(
      Array(3).fill([0, 0]),
    );
  });

  it('are not more than the connections of the dsn', () => {
    expect(possibleWorkers(configuration({ workers: 8 }), DSN)).toBe(7);
    expect(possibleWorkers(configuration({ workers: 2 }), DSN)).toBe(2);
  });
});
