import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { WalkingSweep } from '../../../src/database/maintenance/walking-sweep.js';
import { SWEEPS } from '../../../src/sweeps.js';
import { uuidText, uuidV7 } from '../../../src/crypto/random.js';
import { open, type Opened } from './connections.js';

const now = new Date('2026-06-15T12:00:00Z');
const signal = new AbortController().signal;
const ago = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const ahead = (days: number): Date => ago(-days);
const id = (): string => uuidText(uuidV7(ago(100)));

describe('sweeps', () => {
  let opened: Opened;
  let client: string;

  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());
  beforeEach(async () => {
    await opened.dataSource.query('truncate client, login_session cascade');
    const [row] = await opened.dataSource.query<[{ key: string }]>(
      `insert into client (client_id, metadata, created_at, updated_at) values ('a', '{}', $1, $1) returning key`,
      [now],
    );
    client = row.key;
  });

  /** One pass, as in the maintenance of the server. */
  async function sweep(): Promise<void> {
    for (const one of SWEEPS) await new WalkingSweep(opened.dataSource, one).run(now, signal);
  }

  const ids = async (table: string): Promise<string[]> =>
    (await opened.dataSource.query<{ id: string }[]>(`select id from ${table} order by id`)).map((row) => row.id);

  async function insert(table: string, row: Record<string, unknown>): Promise<string> {
    const full: Record<string, unknown> = { id: id(), ...row };
    const columns = Object.keys(full);
    const places = columns.map((_, i) => `$${i + 1}`).join(', ');
    await opened.dataSource.query(
      `insert into ${table} (${columns.join(', ')}) values (${places})`,
      Object.values(full),
    );
    return String(full.id);
  }

  const grant = (keep: Date, row: Record<string, unknown> = {}): Promise<string> =>
    insert('authorization_grant', {
      client_key: client,
      subject: 's',
      scope: [],
      audience: [],
      session: Buffer.alloc(1),
      created_at: ago(60),
      keep_until: keep,
      ...row,
    });

  const chain = (grantId: string, keep: Date | null): Promise<string> =>
    insert('refresh_chain', {
      ...{ grant_id: grantId, digest: Buffer.alloc(32), issued_at: ago(60) },
      ...{ expires_at: keep, keep_until: keep },
    });

  const consent = (row: Record<string, unknown>): Promise<string> =>
    insert('consent', {
      client_key: client,
      subject: 's',
      granted_scope: [],
      granted_audience: [],
      remember: false,
      remember_for: 0,
      skip: false,
      requested_at: ago(60),
      handled_at: ago(60),
      details: Buffer.alloc(1),
      ...row,
    });

  it('delete refresh chains after their retention, and none without an expiry', async () => {
    const owner = await grant(ahead(1));
    await chain(owner, ago(1));
    const living = [await chain(owner, ahead(1)), await chain(owner, null)];
    await sweep();
    expect(await ids('refresh_chain')).toEqual(living.sort());
  });

  it('delete grants after their retention, unless a chain still needs them', async () => {
    await grant(ago(1));
    await chain(await grant(ago(1)), ago(1));
    const kept = [await grant(ahead(1)), await grant(ago(1))];
    await chain(kept[1]!, null);
    await sweep();
    expect(await ids('authorization_grant')).toEqual(kept.sort());
  });

  it('delete grants a month after they were revoked, together with refresh tokens that would never expire', async () => {
    await chain(await grant(ahead(1), { revoked_at: ago(31) }), null);
    const kept = await grant(ago(1), { revoked_at: ago(29) });
    const living = await chain(kept, null);
    await sweep();
    expect([await ids('authorization_grant'), await ids('refresh_chain')]).toEqual([[kept], [living]]);
  });

  it('delete remembered consents after their expiry, unless a grant still needs them', async () => {
    await consent({ remember: true, expires_at: ago(1) });
    const kept = [
      await consent({ remember: true, expires_at: ago(0.5) }), // a consent that relies on it may be skipped right now
      await consent({ remember: true, expires_at: ahead(1) }),
      await consent({ remember: true, expires_at: null }),
      await consent({ remember: true, expires_at: ago(1) }),
    ];
    await grant(ahead(1), { consent_id: kept[3] });
    await sweep();
    expect(await ids('consent')).toEqual(kept.sort());
  });

  it('keep an expired remembered consent while a grant belongs to a consent that was skipped because of it', async () => {
    const basis = await consent({ remember: true, expires_at: ago(9) });
    const skipped = await consent({ skip: true, rests_on: basis });
    const held = await grant(ahead(1), { consent_id: skipped });
    await sweep();
    expect(await ids('consent')).toEqual([basis, skipped].sort());
    await opened.dataSource.query('delete from authorization_grant where id = $1', [held]);
    await sweep();
    await sweep();
    expect(await ids('consent')).toEqual([]);
  });

  it('delete a consent that is no longer remembered a month after it was given', async () => {
    await consent({ remember: true, superseded: true, handled_at: ago(31) });
    const kept = await consent({ remember: true, superseded: true, handled_at: ago(29) });
    await sweep();
    expect(await ids('consent')).toEqual([kept]);
  });

  it('delete consents that are not remembered a month after they were given, when no grant needs them', async () => {
    await consent({ handled_at: ago(31) });
    const kept = [await consent({ handled_at: ago(29) }), await consent({ handled_at: ago(31) })];
    await grant(ahead(1), { consent_id: kept[1] });
    await consent({ handled_at: ago(1), skip: true });
    await sweep();
    expect(await ids('consent')).toEqual(kept.sort());
  });

  it('keep the newest consent of each client of a login session, because a logout must reach the client', async () => {
    const session = await insert('login_session', {
      ...{ subject: 's', authenticated_at: ago(60), remember: true, expires_at: ahead(1) },
    });
    const under = { login_session_id: session };
    await consent({ ...under, remember: true, expires_at: ago(1) });
    await consent({ ...under, handled_at: ago(31) });
    const newest = await consent({ ...under, id: uuidText(uuidV7(ago(1))), skip: true });
    await sweep();
    expect(await ids('consent')).toEqual([newest]);
    await opened.dataSource.query('delete from login_session');
    await sweep();
    expect(await ids('consent')).toEqual([]);
  });

  it('delete logout deliveries after a week', async () => {
    const delivery = (row: Record<string, unknown>): Promise<string> =>
      insert('logout_delivery', {
        ...{ channel: 'back_channel', client_key: client, login_session_id: id(), subject: 's' },
        ...{ state: 'delivered', created_at: ago(9), next_attempt_at: ago(9), ...row },
      });
    await delivery({ finished_at: ago(8) });
    await delivery({ state: 'pending' });
    const kept = [await delivery({ finished_at: ago(6) }), await delivery({ state: 'pending', next_attempt_at: now })];
    await sweep();
    expect(await ids('logout_delivery')).toEqual(kept.sort());
  });

  it('delete login sessions a day after their expiry, and keep their consents', async () => {
    const session = (expires: Date): Promise<string> =>
      insert('login_session', { subject: 's', authenticated_at: ago(9), remember: true, expires_at: expires });
    const ended = await session(ago(1));
    const kept = [await session(now), await session(ahead(1))];
    const given = await consent({ remember: true, expires_at: null, login_session_id: ended });
    await sweep();
    expect(await ids('login_session')).toEqual(kept.sort());
    expect(await ids('consent')).toEqual([given]);
  });

  it('delete expired tokens in the bucket for distant expiries', async () => {
    const token = (expires: Date): Promise<string> =>
      insert('access_token', { bucket: 0, client_key: client, issued_at: ago(900), expires_at: expires });
    await token(ago(1));
    const living = await token(ahead(1));
    await sweep();
    expect(await ids('access_token')).toEqual([living]);
  });

  it('process a large table in portions, and the rest in later runs', async () => {
    await opened.dataSource.query(
      `insert into login_session (id, subject, authenticated_at, remember, expires_at)
select gen_random_uuid(), 's', $1, false, case when n % 50 = 0 then $2::timestamptz else $3 end from generate_series(1, 50000) n`,
      [now, ago(1), ahead(1)],
    );
    const walking = new WalkingSweep(opened.dataSource, {
      table: 'login_session',
      ended: 'it.expires_at <= $3',
      since: 'it.expires_at',
    });
    await walking.run(now, signal);
    const afterOne = (await ids('login_session')).length;
    expect(afterOne).toBeLessThan(50_000);
    expect(afterOne).toBeGreaterThan(49_000);
    await walking.run(now, signal);
    await walking.run(now, signal);
    expect(await ids('login_session')).toHaveLength(49_000);
  });

  it('stop early when the program stops', async () => {
    await grant(ago(1));
    const stopped = AbortSignal.abort();
    for (const one of SWEEPS) await new WalkingSweep(opened.dataSource, one).run(now, stopped);
    expect(await ids('authorization_grant')).toHaveLength(1);
  });
});
