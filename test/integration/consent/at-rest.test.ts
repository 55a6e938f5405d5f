import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Configuration } from '../../../src/config/configuration.js';
import { LogoutRequests } from '../../../src/consent/logout/logout-requests.js';
import { LogoutStart } from '../../../src/consent/logout/logout-start.js';
import { FormParams } from '../../../src/http/exchange/form-params.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, configure, exchangeAt, requestOf, Room, START } from './room.js';
import { overBothStores } from '../../support/stores.js';

overBothStores('what lies in the stores', (redis) => {
  let database: TestDatabase;
  let room: Room;
  let configuration: Configuration;

  beforeAll(async () => {
    database = await freshDatabase();
    configuration = configure(database.dsn, redis);
    room = await Room.open(configuration);
  });
  afterAll(async () => {
    await room.close();
    await database.drop();
  });

  const fromRedis = async (): Promise<Buffer> => {
    if (redis === undefined) return Buffer.alloc(0);
    const link = new Redis(redis);
    try {
      const keys = await link.keys(`${configuration.redis.prefix}*`);
      const values = await Promise.all(keys.map((key) => link.getBuffer(key)));
      return Buffer.concat([Buffer.from(keys.join('\n')), ...values.map((value) => value ?? Buffer.alloc(0))]);
    } finally {
      link.disconnect();
    }
  };
  const fromDatabase = async (): Promise<string> => {
    const rows: string[] = [];
    for (const table of ['flow', 'consent', 'login_session', 'forced_subject', 'use_mark']) {
      const found = await room.database.query<{ row: string }[]>(`select t::text as row from ${table} t`);
      rows.push(...found.map(({ row }) => row));
    }
    return rows.join('\n');
  };
  const isStored = async (secret: string): Promise<boolean> => {
    const [inDatabase, inRedis] = [await fromDatabase(), await fromRedis()];
    const bytes = [Buffer.from(secret), Buffer.from(secret, 'base64url')].filter(({ length }) => length > 4);
    return bytes.some(
      (form) =>
        inRedis.includes(form) || inDatabase.includes(form.toString('hex')) || inDatabase.includes(form.toString()),
    );
  };

  it('is no challenge, verifier or claim, whether waiting, answered or used', async () => {
    const client = await room.client();
    const apps = new Apps(room);
    const marker = `claim-${randomUUID()}`;
    const handles: string[] = [];
    const note = (url: string): string => {
      handles.push(
        ...new URL(url).searchParams.getAll('login_verifier'),
        ...new URL(url).searchParams.getAll('consent_verifier'),
      );
      return url;
    };
    const walk = async (steps: number): Promise<Browser> => {
      const browser = new Browser(room);
      const login = await browser.begin(requestOf(client), client, START);
      handles.push(login);
      if (steps === 1) return browser;
      const back = note(await apps.acceptLogin(login, after(1), { remember: true, context: { marker } }));
      if (steps === 2) return browser;
      const consent = await browser.toConsent(back, client, after(2));
      handles.push(consent);
      if (steps === 3) return browser;
      const on = note(await apps.acceptConsent(consent, after(3), { session: { id_token: { marker } } }));
      if (steps === 4) return browser;
      await room.record((await browser.toGrant(on, client, after(4))).granted);
      return browser;
    };
    for (let steps = 1; steps <= 4; steps++) await walk(steps);
    const browser = await walk(5);
    const parameters = FormParams.parse('');
    const logout = await room.get(LogoutStart).begin(parameters, browser.exchange(after(5)));
    const challenge = new URL(logout.location).searchParams.get('logout_challenge') ?? '';
    const verifier = new URL(await room.get(LogoutRequests).accept(challenge, exchangeAt(after(6)))).searchParams;
    handles.push(challenge, verifier.get('logout_verifier') ?? '');
    expect(handles).toHaveLength(5 + 4 + 3 + 2 + 2);
    for (const secret of [...handles, marker, ...browser.jar.values()]) expect(await isStored(secret)).toBe(false);
    expect(await isStored('alice')).toBe(true); // the subject is a plain column: this proves that the search works
  });
});
