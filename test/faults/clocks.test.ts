/** Two replicas on one database, one of which has a clock that is ahead: each judges what the other wrote. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { killAll, program, Running } from '../integration/cli/ostiary.js';
import { Folder } from '../integration/config/folder.js';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { Receiver } from '../support/receiver.js';
import { startTestServer, type TestServer, testSettings } from '../support/server.js';
import { overBothStores } from '../support/stores.js';
import { Walker, WALKS } from './walks.js';

const AHEAD_MS = 30_000;
const FAR_AHEAD_MS = 3_600_000;

/** Loaded before the program: it sets the clock ahead. */
const ahead = (ms: number): string => `
const Own = Date;
const now = Own.now.bind(Own);
globalThis.Date = class extends Own {
  constructor(...values) {
    super(...(values.length ? values : [now() + ${String(ms)}]));
  }
  static now() {
    return now() + ${String(ms)};
  }
};
`;

overBothStores('replicas whose clocks differ', (redis) => {
  let database: TestDatabase;
  let receiver: Receiver;
  let right: TestServer;
  let fast: TestServer;
  let far: TestServer;
  const folder = new Folder();
  const page = (name: string): string => `http://ui.example/${name}`;
  const settings = {
    oauth2: { pushed_authorization_requests: { enabled: true } },
    ttl: { pushed_authorization_request: '9m' }, // one of the clocks is far ahead
    urls: {
      ...{ self: { issuer: 'http://id.example' }, login: page('login'), consent: page('consent') },
      ...{ logout: page('logout'), error: page('error'), device: { verification: page('device') } },
    },
    ...(redis === undefined ? {} : { redis: { url: redis, prefix: `clocks:${String(process.pid)}:` } }),
  };

  /** The built program with a shifted clock. */
  async function startAhead(ms: number): Promise<TestServer> {
    const [onPublic = 0, onAdmin = 0] = await freePorts(2);
    const listener = (port: number): object => ({ host: '127.0.0.1', port });
    const serve = { public: listener(onPublic), admin: listener(onAdmin) };
    const all = { ...testSettings(database.dsn, settings), serve, log: { level: 'info' } };
    const file = folder.write(`config-${String(ms)}.json`, JSON.stringify(all));
    const clock = folder.write(`clock-${String(ms)}.mjs`, ahead(ms));
    const child = new Running(['serve', 'all', '--dev', '-c', file], { NODE_OPTIONS: `--import=${clock}` });
    for (const name of ['public', 'admin']) await child.says(`The ${name} listener is open on`);
    return {
      public: `http://127.0.0.1:${String(onPublic)}`,
      admin: `http://127.0.0.1:${String(onAdmin)}`,
      stop: async () => {
        child.signal('SIGKILL');
        await child.ended;
      },
    };
  }

  beforeAll(async () => {
    await program();
    database = await freshDatabase();
    receiver = await Receiver.open();
    right = await startTestServer(database.dsn, settings);
    fast = await startAhead(AHEAD_MS);
    far = await startAhead(FAR_AHEAD_MS);
  });
  beforeEach(() => {
    receiver.clear();
  });
  afterAll(async () => {
    await right.stop();
    await killAll();
    await receiver.close();
    await database.drop();
    folder.remove();
  });

  it.each(
    Object.keys(WALKS).flatMap((flow): [string, string, number][] => [
      [flow, 'the fast one', 0],
      [flow, 'the right one', 1],
    ]),
  )('%s succeeds when its steps alternate between the replicas, starting with %s', async (flow, _, first) => {
    const replicas = [fast, right];
    const walker = await Walker.arrive(right, receiver);
    for (const [index, step] of (WALKS[flow] ?? []).entries()) {
      walker.meet(replicas[(index + first) % 2] ?? right);
      await step.take(walker);
    }
  });

  it.each(['', 'login', 'consent'])(
    'a login at the fast replica satisfies a request with prompt "%s" at the other',
    async (prompt) => {
      const walker = await Walker.arrive(fast, receiver);
      const parameters = { prompt: prompt || undefined, max_age: prompt ? undefined : '20' };
      await walker.browser.follow(walker.app.address());
      walker.meet(right);
      const answer = await walker.browser.follow(walker.app.address(parameters));
      expect(answer.get('error_description') ?? '').toBe('');
      expect(answer.get('code')).toBeTruthy();
    },
  );

  it('a login from far in the future must be repeated, and is never a server error', async () => {
    const walker = await Walker.arrive(far, receiver);
    await walker.browser.follow(walker.app.address());
    walker.meet(right);
    const silent = await walker.browser.follow(walker.app.address({ prompt: 'none' }));
    expect(silent.get('error')).toBe('login_required');
    const { login } = await walker.browser.walk(walker.app.address());
    expect(login?.skip).toBe(false);
    const { login: again } = await walker.browser.walk(walker.app.address());
    expect(again?.skip).toBe(true);
  });
});
