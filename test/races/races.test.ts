/**
 * Every single-use value, used many times at the same moment, in two processes of the built program: one use wins,
 * its result stays valid, nobody is logged out, and every loser gets the right error.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAll, program } from '../integration/cli/ostiary.js';
import { Folder } from '../integration/config/folder.js';
import { CibaApp, cibaSettings } from '../support/ciba-app.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { Receiver } from '../support/receiver.js';
import type { Answer } from '../support/send.js';
import type { TestServer } from '../support/server.js';
import { overBothStores } from '../support/stores.js';
import { APP_VALUES } from './app-values.js';
import { BOUND_VALUES } from './bound-values.js';
import { BROWSER_VALUES } from './browser-values.js';
import { startProcess } from './processes.js';
import { pair, volley } from './shots.js';
import type { SingleUse } from './single-use.js';
import { refreshTokenWithGrace, TOKEN_VALUES } from './token-values.js';
import { errorOf, World } from './world.js';

const MANY = 50;
/** In milliseconds. */
const GAPS = [0, 2, 5, 20];
const HOOK_MS = 300;
const GRACE_USES = 3;

interface Setting {
  name: string;
  values: SingleUse[];
  settings: (hook: string) => object;
}

const SETTINGS: Setting[] = [
  {
    name: 'as it comes',
    values: [...TOKEN_VALUES, ...BROWSER_VALUES, ...APP_VALUES],
    settings: () => ({ pushed_authorization_requests: { enabled: true }, token_exchange: { enabled: true } }),
  },
  {
    name: 'bound to keys',
    values: BOUND_VALUES,
    settings: () => ({ dpop: { enabled: true } }),
  },
  {
    name: 'with slow hooks',
    values: TOKEN_VALUES,
    settings: (hook) => ({ token_hook: hook, refresh_token_hook: hook, token_exchange: { enabled: true } }),
  },
  {
    name: `with a grace period and ${String(GRACE_USES)} uses in it`,
    values: [refreshTokenWithGrace(GRACE_USES)],
    settings: () => ({
      grant: { refresh_token: { rotation_grace_period: '1h', rotation_grace_reuse_count: GRACE_USES } },
    }),
  },
];

overBothStores('single use', (redis) => {
  describe.each(SETTINGS)('$name', ({ values, settings }) => {
    const folder = new Folder();
    let database: TestDatabase;
    let receiver: Receiver;
    let hook: Receiver;
    let app: CibaApp;
    let servers: [TestServer, TestServer];
    let world: World;

    beforeAll(async () => {
      await program();
      database = await freshDatabase();
      [receiver, hook, app] = [await Receiver.open(), await Receiver.open(), await CibaApp.open()];
      const all = {
        oauth2: settings(hook.url),
        oidc: { dynamic_client_registration: { enabled: true }, ...cibaSettings(app) },
        ...(redis === undefined ? {} : { redis: { url: redis, prefix: `races:${randomUUID()}:` } }),
      };
      const start = (): Promise<TestServer> => startProcess(database.dsn, all, folder);
      servers = await Promise.all([start(), start()]);
      hook.answer = 204;
      world = await World.begin(servers, receiver, app);
    });
    afterAll(async () => {
      await killAll();
      await Promise.all([receiver.close(), hook.close(), app.close()]);
      await database.drop();
      folder.remove();
    });

    /** While hooks are slow. */
    const slowly = async <T>(shoot: () => Promise<T>): Promise<T> => {
      hook.answer = (response) => setTimeout(() => response.writeHead(204).end(), HOOK_MS);
      const shot = await shoot();
      hook.answer = 204;
      return shot;
    };

    describe.each(values)('$name ($rule)', (value) => {
      const { many = MANY } = value;

      it(`used ${String(many)} times at once`, async () => {
        const fresh = await value.mint(world, many);
        const requests = Array.from({ length: many }, (_, i) => fresh.use(servers[i % 2 ? 1 : 0], i));
        const won = judge(value, await slowly(() => volley(requests)));
        await fresh.holds(won);
        await world.expectLoggedIn();
      });

      it.each(GAPS)('used twice, %d ms apart, at one process and at both', async (gap) => {
        const pairs = await Promise.all(
          servers.map(async (second) => {
            const fresh = await value.mint(world, 2);
            return { fresh, requests: [fresh.use(servers[0], 0), fresh.use(second, 1)] as const };
          }),
        );
        const shot = await slowly(() =>
          Promise.all(pairs.map(async ({ fresh, requests }) => ({ fresh, ...(await pair(requests, gap)) }))),
        );
        for (const { fresh, answers, order } of shot) {
          const won = judge(value, answers);
          if (order === 'overlapping' || !fresh.ends) await fresh.holds(won);
          if (order === 'after the answer') await fresh.ends?.(won);
        }
        await world.expectLoggedIn();
      });
    });
  });
});

/** Checks the number of winning responses and the errors of the others. @returns the winners */
function judge({ isWon, winners = 1, lost }: SingleUse, answers: Answer[]): Answer[] {
  const won = answers.filter(isWon);
  const others = answers.filter((answer) => !isWon(answer));
  expect(new Set(others.map(errorOf)), others[0]?.text).toEqual(new Set(others.length ? [lost] : []));
  expect(won).toHaveLength(winners === 'all' ? answers.length : Math.min(winners, answers.length));
  return won;
}
