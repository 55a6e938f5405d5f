import { describe, expect, it } from 'vitest';
import { sourceAddress } from './source-address.js';

describe("the address of Hydra's database", () => {
  it('loses the parameters of its pool and keeps those of the connection', () => {
    const dsn =
      'postgres://hydra:secret@db.example.com/hydra?max_conns=20&sslmode=disable&max_idle_conns=4&max_conn_lifetime=1h&search_path=idp';
    expect(sourceAddress(dsn)).toEqual({
      url: 'postgres://hydra:secret@db.example.com/hydra?sslmode=disable&search_path=idp',
      place: 'db.example.com:5432, database hydra',
      searchPath: 'idp',
    });
  });

  it.each(['mysql://root:secret@tcp(db:3306)/hydra', 'cockroach://root@db:26257/hydra', 'sqlite:///hydra.sqlite'])(
    'is refused with what to do instead where it is not of PostgreSQL: %s',
    (dsn) => {
      expect(() => sourceAddress(dsn)).toThrow(/cannot be read.*empty PostgreSQL database.*hydra migrate sql up/);
      expect(() => sourceAddress(dsn)).not.toThrow(/secret/);
    },
  );

  it('is refused where it is none, without being quoted', () => {
    expect(() => sourceAddress('postgres://hydra:1234/secret@db/hydra')).toThrow(/^The address of the source must be/);
    expect(() => sourceAddress('hydra:secret')).toThrow(/^The address of the source must be postgres:\/\/user/);
    expect(() => sourceAddress('memory')).toThrow('ends with its process');
  });
});
