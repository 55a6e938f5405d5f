/** A server that is restarted between any two steps of a flow: the next process knows everything that was confirmed. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { killAll, program, Running } from '../integration/cli/ostiary.js';
import { Folder } from '../integration/config/folder.js';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { Receiver } from '../support/receiver.js';
import { startTestServer, type TestServer, testSettings } from '../support/server.js';
import { overBothStores } from '../support/stores.js';
import { type Step, Walker, WALKS } from './walks.js';

/** Starts a server on the stores of the suite. */
type Start = () => Promise<TestServer>;

overBothStores('restarts', (redis) => {
  let database: TestDatabase;
  let receiver: Receiver;
  const folder = new Folder();
  const page = (name: string): string => `http://ui.example/${name}`;
  const settings = {
    urls: {
      ...{ self: { issuer: 'http://id.example' }, login: page('login'), consent: page('consent') },
      ...{ logout: page('logout'), error: page('error'), device: { verification: page('device') } },
    },
    oauth2: { pushed_authorization_requests: { enabled: true } },
    ttl: { pushed_authorization_request: '9m' },
    ...(redis === undefined ? {} : { redis: { url: redis, prefix: `restarts:${randomUUID()}:` } }),
  };

  beforeAll(async () => {
    await program();
    database = await freshDatabase();
    receiver = await Receiver.open();
  });
  beforeEach(() => {
    receiver.clear();
  });
  afterAll(async () => {
    await killAll();
    await receiver.close();
    await database.drop();
    folder.remove();
  });

  const inThisProcess: Start = () => startTestServer(database.dsn, settings);

  /** The built program in a separate process, which ends without a chance to save anything. */
  const killed: Start = async () => {
    const [onPublic = 0, onAdmin = 0] = await freePorts(2);
    const listener = (port: number): object => ({ host: '127.0.0.1', port });
    const serve = { public: listener(onPublic), admin: listener(onAdmin) };
    const all = { ...testSettings(database.dsn, settings), serve, log: { level: 'info' } };
    const file = folder.write('config.json', JSON.stringify(all));
    const child = new Running(['serve', 'all', '--dev', '-c', file], {});
    for (const name of ['public', 'admin']) await child.says(`The ${name} listener is open on`);
    return {
      public: `http://127.0.0.1:${String(onPublic)}`,
      admin: `http://127.0.0.1:${String(onAdmin)}`,
      stop: async () => {
        child.signal('SIGKILL');
        await child.ended;
      },
    };
  };

  /** @param before whether the server is restarted before the step */
  async function walk(steps: Step[], before: (step: Step) => boolean, start: Start): Promise<void> {
    let server = await start();
    try {
      const walker = await Walker.arrive(server, receiver);
      for (const step of steps) {
        if (before(step)) {
          await server.stop();
          server = await start();
          walker.meet(server);
        }
        await step.take(walker);
      }
    } finally {
      await server.stop();
    }
  }

  const single = Object.entries(WALKS).flatMap(([flow, steps]) =>
    steps.slice(1).map((step) => [flow, step.name, steps, step] as const),
  );

  it.each(single)('%s succeeds when the server is restarted before: %s', async (_, __, steps, step) => {
    await expect(walk(steps, (one) => one === step, inThisProcess)).resolves.toBeUndefined();
  });

  it.each([
    ['the device flow', 'restarted', inThisProcess],
    ['the logout', 'started anew', inThisProcess],
    ['the code flow', 'killed', killed],
    ['a pushed request', 'killed', killed],
  ])(
    '%s succeeds when the server is %s before every step',
    async (flow, _, start) => {
      await expect(walk(WALKS[flow] ?? [], () => true, start)).resolves.toBeUndefined();
    },
    600_000,
  );
});
