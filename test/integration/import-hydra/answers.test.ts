import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpTables } from '../../support/dump-text.js';
import {
  hydraAnswers,
  hydraConfiguration,
  hydraDatabase,
  hydraDump,
  type IntrospectionAnswer,
} from '../../support/hydra-database.js';
import { importInto } from '../../support/hydra-import.js';
import { type HydraState, introspected } from '../../support/hydra-oracle.js';
import { secondHydra, secondHydraDatabase } from '../../support/hydra-second.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTestServer, type TestServer } from '../../support/server.js';

interface Held extends Omit<HydraState, 'now'> {
  tokens: string[];
}

async function first(): Promise<Held> {
  const tables = dumpTables(await hydraDump());
  return { tables, configuration: await hydraConfiguration(), tokens: Object.keys(await hydraAnswers()) };
}

/** Hydra states an end in the past for an old refresh token that never expires; this server then states none. */
function withoutPastEnd(answer: IntrospectionAnswer, now: Date): IntrospectionAnswer {
  const { exp, ...others } = answer;
  return exp !== undefined && exp * 1000 <= now.getTime() ? others : answer;
}

async function second(): Promise<Held> {
  const { dump, configuration, expected } = await secondHydra();
  return { tables: dumpTables(dump), configuration, tokens: Object.keys(expected) };
}

describe.each([
  ['the first database', first, hydraDatabase],
  ['the second database', second, secondHydraDatabase],
])('after an import from Hydra, the tokens of %s', (_, held, database) => {
  const databases: TestDatabase[] = [];
  let server: TestServer;
  let source: Held;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    const [hydra, target] = await Promise.all([database(), freshDatabase()]);
    databases.push(hydra, target);
    source = await held();
    const { configuration } = source;
    await importInto({ from: hydra.dsn, to: target.dsn }, { configuration });
    server = await startTestServer(target.dsn, configuration);
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all(databases.map((one) => one.drop()));
  });

  const asked = async (token: string): Promise<string> => {
    const body = new URLSearchParams({ token });
    return (await (await fetch(`${server.admin}/admin/oauth2/introspect`, { method: 'POST', body })).text()).trim();
  };

  it('are answered as Hydra would answer', async () => {
    const state = { ...source, now: new Date() };
    const used = new Set(
      source.tables.hydra_oauth2_refresh?.filter(({ active }) => active === 'f').map(({ signature }) => signature),
    );
    for (const token of source.tokens) {
      // Hydra calls a used refresh token active while it can be used again
      const answer = used.has(token.split('.')[1] ?? '') ? { active: false } : introspected(token, state);
      expect(JSON.parse(await asked(token)), token.slice(0, 12)).toEqual(withoutPastEnd(answer, state.now));
    }
  });

  it("are nobody's with another first half, under the other prefix, or with half a signature", async () => {
    const opaque = source.tokens.filter((token) => token.startsWith('ory_'));
    const altered = opaque.flatMap((token) => [
      token.replace(/^(ory_.t_).{6}/, '$1AAAAAA'),
      token.replace('ory_rt_', 'ory_at_').replace(/\.(.{20})/, '.AAAAAAAAAAAAAAAAAAAA'),
      `x.${token.split('.')[1] ?? ''}`,
    ]);
    for (const token of altered) expect(await asked(token)).toBe('{"active":false}');
    for (const token of opaque.filter((one) => one.startsWith('ory_rt_')))
      expect(await asked(token.replace('ory_rt_', 'ory_at_'))).toBe('{"active":false}');
  });

  it('keep the digits of numbers that JavaScript cannot hold', async () => {
    const texts = await Promise.all(source.tokens.map(asked));
    const big = texts.filter((text) => text.includes('"account":9007199254740993123'));
    expect(big).toHaveLength(source.tokens.length > 100 ? 2 : 0); // an access and a refresh token of the second database
  });
});
