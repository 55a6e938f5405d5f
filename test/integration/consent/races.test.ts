import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, configure, requestOf, Room, START } from './room.js';
import { overBothStores } from '../../support/stores.js';

overBothStores('many at the same time', (redis) => {
  let database: TestDatabase;
  let room: Room;
  /** A second process over the same stores. */
  let replica: Room;
  let apps: Apps;
  let client: RegisteredClient;

  beforeAll(async () => {
    database = await freshDatabase();
    const configuration = configure(database.dsn, redis);
    [room, replica] = [await Room.open(configuration), await Room.open(configuration)];
    apps = new Apps(room);
    client = await room.client();
  });
  afterAll(async () => {
    await Promise.all([room.close(), replica.close()]);
    await database.drop();
  });

  const many = <T>(count: number, act: (i: number, apps: Apps) => Promise<T>): Promise<T[]> => {
    const replicas = [apps, new Apps(replica)] as const;
    return Promise.all(Array.from({ length: count }, (_, i) => act(i, replicas[i % 2 ? 1 : 0])));
  };
  /** Separate requests of the browser to each replica, so that none waits for the cookies of another. */
  const visits = (count: number, browser: Browser, url: string, at: Date): Promise<string[]> =>
    Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const { dispatcher } = i % 2 ? room : replica;
        const parameters = new URL(url).searchParams;
        const verifier = {
          login: parameters.get('login_verifier') ?? undefined,
          consent: parameters.get('consent_verifier') ?? undefined,
        };
        try {
          const found = await dispatcher.find(verifier);
          if (!found) return 'unknown';
          const interaction = await dispatcher.resume(found, client, browser.exchange(at));
          return interaction.kind === 'granted' ? 'granted' : interaction.location;
        } catch (error) {
          return (error as { code?: string }).code ?? String(error);
        }
      }),
    );

  it('accepts fifty answers to one login with the same response, and one of them counts', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const answers = await many(50, (i, app) => app.acceptLogin(login, after(1), { subject: `person-${i}` }));
    expect(new Set(answers).size).toBe(1);
    const consent = await browser.toConsent(answers[0] ?? '', client, after(2));
    const { granted } = await browser.toGrant(await apps.acceptConsent(consent, after(3)), client, after(4));
    expect(granted.subject).toMatch(/^person-\d+$/);
  });

  it('redirects twenty requests with one login verifier to one consent, with one session', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const back = await apps.acceptLogin(login, after(1), { subject: 'twenty', remember: true });
    const locations = await visits(20, browser, back, after(2));
    expect(new Set(locations).size).toBe(1);
    expect(locations[0]).toMatch(/consent_challenge=/);
    const rows = await room.database.query<unknown[]>("select id from login_session where subject = 'twenty'");
    expect(rows).toHaveLength(1);
  });

  it('returns the same grant to twenty requests with one consent verifier, and one of them counts', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const consent = await browser.toConsent(await apps.acceptLogin(login, after(1)), client, after(2));
    const on = await apps.acceptConsent(consent, after(3));
    expect(new Set(await visits(20, browser, on, after(4)))).toEqual(new Set(['granted']));
    const { granted } = await browser.toGrant(on, client, after(5));
    const marks = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? room : replica).record(granted)));
    expect(marks.filter(({ marked, consented }) => marked && consented)).toHaveLength(1);
  });

  it('evaluates the answer that counts: a replaced answer ends no session', async () => {
    const hint = { idTokenHintClaims: { sub: 'alice' } };
    const browser = new Browser(replica);
    const first = await browser.begin(requestOf(client), client, START);
    await browser.toConsent(await apps.acceptLogin(first, after(1), { remember: true }), client, after(2));
    const login = await browser.begin(requestOf(client, { ...hint, prompt: ['login'] }), client, after(3));
    await new Apps(replica).acceptLogin(login, after(4), { subject: 'mallory' });
    const back = await apps.acceptLogin(login, after(5), { remember: true });
    await browser.toConsent(back, client, after(6));
    const rows = await room.database.query<unknown[]>(
      "select id from login_session where subject = 'alice' and remember",
    );
    expect(rows).toHaveLength(2);
  });

  it('returns one whole answer when the app replaces its answer during the request of the browser', async () => {
    for (let i = 0; i < 10; i++) {
      const browser = new Browser(room);
      const login = await browser.begin(requestOf(client), client, START);
      const consent = await browser.toConsent(await apps.acceptLogin(login, after(1)), client, after(2));
      const on = await apps.acceptConsent(consent, after(3));
      const [outcome, late] = await Promise.all([
        visits(1, browser, on, after(4)).then(([first]) => first),
        new Apps(replica).rejectConsent(consent, after(4)).then(
          () => 'in time',
          () => 'too late',
        ),
      ]);
      expect([
        ['granted', 'too late'],
        ['consent_said_no', 'in time'],
      ]).toContainEqual([outcome, late]);
    }
  });
});
