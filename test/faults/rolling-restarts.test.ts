/**
 * Two processes that are restarted in turn, under clients with open connections that never retry. Like a
 * load balancer, they open new connections only to a process whose `/health/ready` says that it is ready.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAll, program, Running } from '../integration/cli/ostiary.js';
import { Folder } from '../integration/config/folder.js';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { testSettings } from '../support/server.js';

const RESTARTS = Number(process.env.TEST_RESTARTS ?? 4);
const CONNECTIONS = 50;
/** Long enough for the probes below, short enough for a test. */
const DELAY = '400ms';
const LOOK_EVERY_MS = 50;
/** Each connection is used several times within the delay. */
const THINK_MS = 60;

interface Lost {
  at: string;
  reason: string;
}

/** One of the processes, at its place. */
class Replica {
  readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  ready = false;
  private running: Running | undefined;

  constructor(
    readonly port: number,
    private readonly file: string,
  ) {}

  async start(): Promise<void> {
    this.running = new Running(['serve', 'all', '--dev', '-c', this.file], {});
    for (const name of ['public', 'admin']) await this.running.says(`The ${name} listener is open on`);
  }

  async stop(): Promise<number | null> {
    this.running?.signal('SIGTERM');
    return (await this.running?.ended)?.code ?? null;
  }

  async look(): Promise<void> {
    this.ready = await ask(this.port, '/health/ready', undefined).then(
      (status) => status === 200,
      () => false,
    );
  }
}

function ask(port: number, path: string, agent: Agent | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: agent ?? false }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe.each([
  ['one process each', 1],
  ['two workers each', 2],
])('a rolling restart, %s', (_, workers) => {
  let database: TestDatabase;
  const folder = new Folder();
  const replicas: Replica[] = [];

  beforeAll(async () => {
    await program();
    database = await freshDatabase();
    const ports = await freePorts(4);
    for (const [index, pair] of [ports.slice(0, 2), ports.slice(2)].entries()) {
      const [onPublic = 0, onAdmin = 0] = pair;
      const listener = (port: number): object => ({ host: '127.0.0.1', port });
      const serve = { public: listener(onPublic), admin: listener(onAdmin), workers, shutdown: { delay: DELAY } };
      const settings = { ...testSettings(database.dsn, { serve }), log: { level: 'info' } };
      replicas.push(new Replica(onPublic, folder.write(`config-${String(index)}.json`, JSON.stringify(settings))));
    }
    await Promise.all(replicas.map((replica) => replica.start()));
  });
  afterAll(async () => {
    for (const { agent } of replicas) agent.destroy();
    await killAll();
    await database.drop();
    folder.remove();
    replicas.length = 0;
  });

  it('loses no request of a client that keeps using its connections', async () => {
    const lost: Lost[] = [];
    let answered = 0;
    let over = false;
    const looks = async (replica: Replica): Promise<void> => {
      while (!over) {
        await replica.look();
        await sleep(LOOK_EVERY_MS);
      }
    };
    const client = async (number: number): Promise<void> => {
      for (let turn = number; !over; turn++) {
        await sleep(THINK_MS);
        const usable = replicas.filter(({ ready }) => ready);
        const replica = usable[turn % usable.length];
        if (!replica) continue;
        const path = turn % 3 ? '/.well-known/openid-configuration' : '/.well-known/jwks.json';
        try {
          const status = await ask(replica.port, path, replica.agent);
          if (status === 200) answered++;
          else lost.push({ at: path, reason: `status ${String(status)}` });
        } catch (error) {
          lost.push({ at: path, reason: String((error as NodeJS.ErrnoException).code ?? error) });
        }
      }
    };
    const looking = replicas.map(looks);
    await expect.poll(() => replicas.every(({ ready }) => ready)).toBe(true);
    const clients = Array.from({ length: CONNECTIONS }, (_, i) => client(i));
    for (let restart = 0; restart < RESTARTS; restart++) {
      const replica = replicas[restart % replicas.length];
      const before = answered;
      await expect.poll(() => answered).toBeGreaterThan(before + CONNECTIONS); // all connections are in use
      expect(await replica?.stop()).toBe(0);
      await replica?.start();
      await expect.poll(() => replica?.ready).toBe(true);
    }
    over = true;
    await Promise.all([...looking, ...clients]);
    expect(lost).toEqual([]);
    expect(answered).toBeGreaterThan(RESTARTS * CONNECTIONS);
  }, 600_000);
});
