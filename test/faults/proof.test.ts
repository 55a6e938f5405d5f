/**
 * Under faults, no confirmed result is lost, and nothing that has ended comes back: the short form. The long one
 * is `npm run test:faults`; README.md beside this file describes how to read and extend them.
 */
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { built } from '../e2e/support/built.js';
import type { Fault } from './rig/faults/fault.js';
import type { Fact, FactKind } from './rig/ledger.js';
import { Random } from './rig/random.js';
import { Report } from './rig/report.js';
import { Round } from './rig/round.js';
import { TOPOLOGIES, type Topology } from './rig/topologies.js';
import { Registrar } from './rig/traffic/registrar.js';
import type { Rotation } from './rig/world.js';

const SEED = Number(process.env.FAULTS_SEED ?? randomInt(2 ** 31));
const PEOPLE = 4;
const LONG = 240_000;

/** The faults of each round, in an order that the seed decides. */
const SHORT: Record<string, RegExp> = {
  postgres: /^server: SIGKILL$|^postgres: (crash|failed over)|^network to postgres: answers are lost/,
  redis: /^redis: (killed|flushed)|^network to redis: nothing gets there|^upkeep: keys rotated/,
};

/** Everything runs, and people use it. */
async function begin(topology: Topology, rotation: Rotation): Promise<{ round: Round; lines: string[] }> {
  await built();
  const lines = [`seed ${String(SEED)}: FAULTS_SEED=${String(SEED)} repeats it`];
  const allowed = ({ name }: Fault): boolean => SHORT[topology.name]?.test(name) ?? false;
  const own = { random: new Random(SEED), report: new Report(), log: (line: string) => lines.push(line) };
  return { round: await Round.begin({ topology, rotation, people: PEOPLE, allowed, ...own }), lines };
}

async function endure(round: Round, lines: string[]): Promise<void> {
  for (const fault of round.inTurn()) await round.endure(fault);
  await round.conclude();
  expect(round.world.violations.all, lines.join('\n')).toEqual([]);
  expect(round.world.ledger.figures.get('access tokens audited')).toBeGreaterThan(100);
}

const RULE = 'lose no confirmed result, bring nothing back, and serve again after every fault';
const REDIS = TOPOLOGIES.find(({ name }) => name === 'redis')!;
const withoutRedis = await REDIS.obstacle();
if (withoutRedis !== undefined) process.stdout.write(`Faults of Redis are left out: ${withoutRedis}.\n`);

describe.skipIf(withoutRedis !== undefined)('two servers behind a proxy, flows in Redis', () => {
  it(
    RULE,
    async () => {
      const { round, lines } = await begin(REDIS, 'grace');
      try {
        await endure(round, lines);
      } finally {
        await round.end();
      }
    },
    LONG,
  );
});

describe('two servers behind a proxy, flows in PostgreSQL', () => {
  let round: Round;
  let lines: string[];

  beforeAll(async () => {
    ({ round, lines } = await begin(TOPOLOGIES[0]!, 'strict'));
  }, LONG);
  afterAll(async () => {
    await round.end();
  }, LONG);

  it(RULE, () => endure(round, lines), LONG);

  describe('an auditor, when data is changed secretly,', () => {
    /** Everybody pauses: what the tests need is made here, not awaited from chance. */
    beforeAll(async () => {
      const { crowd, auditor } = round.tools;
      const { world } = round;
      const registrar = new Registrar(world, new Random(SEED));
      await crowd.pause();
      for (const person of crowd.people) {
        for (let i = 0; i < 4; i++) await person.logIn();
        await registrar.clientCredentials(person.app);
      }
      for (const isDeleted of [true, false, false]) await registrar.clientLife(isDeleted);
      await world.pause(3_000); // codes are old enough to be replayed
      await auditor.audit(world.ledger.facts);
    }, LONG);

    /** Clients that the tests have changed secretly. */
    const changed = new Set<Fact>();
    const found = (kind: FactKind, standing: string): Fact[] =>
      round.world.ledger.facts.filter((fact) => fact.kind === kind && fact.standing === standing);
    const sql = (text: string, values: unknown[]): Promise<unknown> =>
      round.scene.postgres!.primary.query(text, values);
    const digest = `sha256(convert_to($1, 'UTF8'))`;
    const grantOf = `id = (select grant_id from refresh_chain where digest = ${digest})`;

    /** Audits these facts. @returns the rules that were violated */
    async function rules(...facts: Fact[]): Promise<string[]> {
      const before = round.world.violations.all.length;
      await round.tools.auditor.audit(facts);
      return round.world.violations.all.slice(before).map(({ rule }) => rule);
    }

    it('finds a grant that was revoked', async () => {
      const token = found('refresh token', 'live')[0]!;
      await sql(`update authorization_grant set revoked_at = now() where ${grantOf}`, [token.value]);
      expect(await rules(token)).toEqual(['a refresh token that was confirmed is not lost']);
    });

    it('finds a grant that was revoked and lives again', async () => {
      const person = round.tools.crowd.people.find(({ openSessions }) => openSessions.length > 0)!;
      const session = person.openSessions.at(-1)!;
      const access = session.accessToken;
      const token = round.world.ledger.facts.findLast(
        (fact) => fact.hangsOn[0] === session.grant && fact.kind === 'refresh token',
      )!;
      await session.revoke(false);
      expect(await rules(access, token)).toEqual([]);
      await sql(`update authorization_grant set revoked_at = null where ${grantOf}`, [token.value]);
      expect(new Set(await rules(access, token))).toContain('a access token that has ended does not come back');
    });

    it('finds a chain of refresh tokens that is gone', async () => {
      const token = found('refresh token', 'live')[0]!;
      await sql(`delete from refresh_chain where digest = ${digest}`, [token.value]);
      expect(await rules(token)).toEqual(['a refresh token that was confirmed is not lost']);
    });

    it('finds an access token whose row is gone', async () => {
      const token = found('access token', 'live').findLast(({ hangsOn }) => hangsOn[0]?.kind === 'client')!;
      await sql(`delete from access_token where digest = ${digest}`, [token.value]);
      expect(await rules(token)).toEqual(['a access token that was confirmed is not lost']);
    });

    it('finds a code that works again', async () => {
      const before = round.world.violations.all.length;
      await sql('update authorization_grant set redeemed_at = null', []);
      for (const person of round.tools.crowd.people) await person.replayCode();
      const after = round.world.violations.all.slice(before).map(({ rule }) => rule);
      expect(after).toContain('a code works once');
    });

    it('finds a login that is gone', async () => {
      const login = found('login', 'live')[0]!;
      await sql('delete from login_session where id = $1', [login.value]);
      expect(await rules(login)).toEqual(['a login that was confirmed is not lost']);
    });

    it('finds a client that is gone, with its tokens', async () => {
      const client = found('client', 'live').at(-1)!;
      changed.add(client);
      await sql('delete from client where client_id = $1', [client.value]);
      expect(await rules(client)).toEqual(['a client that was confirmed is not lost']);
    });

    it('finds a client that was deleted and is there again', async () => {
      const client = found('client', 'ended')[0]!;
      const living = found('client', 'live')[0]!;
      changed.add(living);
      await sql('update client set client_id = $1 where client_id = $2', [client.value, living.value]);
      expect(await rules(client)).toEqual(['a client that has ended does not come back']);
    });

    it('finds a logout that was not announced', async () => {
      const person = round.tools.crowd.people.find(({ app }) => !changed.has(app.fact))!;
      await person.loseConsent(); // the person consents again and has it remembered: the logout is due
      await person.logIn();
      expect(person.isLoggedIn).toBe(true);
      round.scene.receiver.answer = 500; // until the end: an attempt may be on its way when its row is deleted
      await person.beEnded(false);
      const { sid } = round.world.ledger.dueLogouts.at(-1)!;
      await sql('delete from logout_delivery where login_session_id = $1', [sid]);
      await round.tools.heard.audit(2_000);
      round.scene.receiver.answer = 200;
      const ofThis = round.world.violations.all.filter(({ evidence }) => evidence.startsWith(`${sid} for `));
      expect(ofThis.map(({ rule }) => rule)).toEqual(['a receiver is notified of every logout']);
    });

    it('finds an error, a secret and an unhandled rejection in a log', async () => {
      const { logs } = round.tools;
      const before = round.world.violations.all.length;
      const [secret] = [...round.world.ledger.secrets];
      await expect.poll(() => round.world.windows.explaining(Date.now())).toBeUndefined();
      logs.read('server-1', JSON.stringify({ level: 'info', message: `Somebody sent ${secret ?? ''}.` }));
      logs.read('server-1', JSON.stringify({ level: 'error', message: 'Something broke.' }));
      logs.read('server-1', 'UnhandledPromiseRejection: this error originated');
      logs.audit(round.world.ledger);
      const found = new Set(round.world.violations.all.slice(before).map(({ rule }) => rule));
      expect(found).toContain('no secret is in a log');
      expect(found).toContain('an error in a log has a fault that explains it');
      expect(found).toContain('no error is unhandled');
    });

    it('finds a response that is a 500, and an unexplained 503', () => {
      const before = round.world.violations.all.length;
      const answer = { headers: {}, text: '', json: {} };
      round.world.watch.seen('GET /userinfo', Date.now(), { ...answer, status: 500 });
      round.world.watch.seen('GET /userinfo', Date.now(), { ...answer, status: 503 });
      expect(round.world.violations.all.slice(before).map(({ rule }) => rule)).toEqual([
        'a fault is a 503, never another 5xx',
        'a 503 is an OAuth error with Retry-After',
        'a 503 has a fault that explains it',
      ]);
    });
  });
});
