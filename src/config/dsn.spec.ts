import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isPostgresDsn, parseDsn } from './dsn.js';

describe('a DSN', () => {
  it('leaves the parameters of the driver unchanged', () => {
    const dsn =
      'postgres://u:p%40s@db.example:6432/ostiary?sslmode=require&max_conns=7&options=-c%20x%3D1&max_idle_conns=3';
    expect(parseDsn(dsn)).toMatchObject({
      url: 'postgres://u:p%40s@db.example:6432/ostiary?sslmode=require&options=-c%20x%3D1',
      pool: { max: 7, min: 3 },
      warnings: [],
    });
  });

  it('has no question mark without a parameter', () => {
    expect(parseDsn('postgres://h/d?max_conns=7').url).toBe('postgres://h/d');
  });

  it('has a pool of twice the number of cores, and at least ten connections', () => {
    const cores = availableParallelism();
    expect(parseDsn('postgresql://h/d').pool).toEqual({
      max: Math.max(10, 2 * cores),
      min: Math.min(cores, Math.max(10, 2 * cores)),
      idleTimeoutMillis: 10_000,
      maxLifetimeSeconds: 0,
    });
  });

  it('reads lifetimes as durations', () => {
    expect(parseDsn('postgres://h/d?max_conn_lifetime=1h30m&max_conn_idle_time=90s').pool).toMatchObject({
      min: 0,
      idleTimeoutMillis: 90_000,
      maxLifetimeSeconds: 5400,
    });
  });

  it('never keeps more idle connections than max_conns', () => {
    expect(parseDsn('postgres://h/d?max_conns=2&max_idle_conns=50').pool).toMatchObject({ max: 2, min: 2 });
  });

  it.each(['max_conns=many', 'max_conns=0', 'max_idle_conns=-1', 'max_conn_lifetime=1d', 'max_conn_idle_time=-1s'])(
    'warns of %s and uses the default',
    (parameter) => {
      const { pool, warnings, url } = parseDsn(`postgres://u:secret@h/d?${parameter}`);
      expect(pool).toEqual(parseDsn('postgres://h/d').pool);
      expect(url).toBe('postgres://u:secret@h/d');
      expect(warnings).toEqual([expect.stringContaining(parameter.split('=')[0] ?? '')]);
      expect(warnings.join()).not.toContain('secret');
    },
  );

  it('says that target_session_attrs has no effect', () => {
    expect(parseDsn('postgres://h/d?target_session_attrs=read-write').warnings).toEqual([
      expect.stringContaining('target_session_attrs'),
    ]);
  });

  it.each([
    ['postgres://u:p@db:6432/x', 'db:6432, database x'],
    ['postgres://db/x', 'db:5432, database x'],
    ['postgres://u@/x?host=/run/pg', '/run/pg, database x'],
    ['postgres:///x?host=%2Frun%2Fpg', '/run/pg, database x'],
    ['postgres://[::1]:5433/x', '[::1]:5433, database x'],
  ])('%s is called %s in messages', (dsn, place) => {
    expect(parseDsn(dsn).place).toBe(place);
  });

  it.each([
    'mysql://h/d',
    'cockroach://h/d',
    'sqlite://x',
    'memory',
    '',
    'postgres',
    'postgres:/h',
    'postgres://h:port/d',
  ])('%j is not a DSN of PostgreSQL', (dsn) => {
    expect(isPostgresDsn(dsn)).toBe(false);
    expect(() => parseDsn(dsn)).toThrow('postgres://user:password@host:5432/database');
  });
});
