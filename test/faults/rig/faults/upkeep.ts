/** Operations during all other faults, and failures of foreign programs. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../server-process.js';
import { type Fault, type Heal, needsPostgres, NOTHING, postgresOf, type Scene } from './fault.js';

/** Every server has read a changed file after this time. */
const RELOADED_AFTER_MS = 2_000;
const KEY_SETS = ['hydra.openid.id-token', 'hydra.jwt.access-token'];

/** Runs a command of the program with the settings of a server. @throws with its output where it fails */
async function command({ fleet, random }: Scene, ...args: string[]): Promise<Heal> {
  const { code, output } = await runCommand([...args, '-c', random.pick(fleet.servers).configFile]);
  if (code !== 0) throw new Error(`ostiary ${args.join(' ')} ended with ${String(code)}: ${output}`);
  return NOTHING;
}

/** The receivers respond like this until the fault ends. */
function receiver(name: string, which: 'receiver' | 'hook', answer: 500 | 'hang'): Fault {
  return {
    name: `${which === 'hook' ? 'hook' : 'back channel'}: ${name}`,
    lasts: [2_000, 5_000],
    strike: async (scene) => {
      const { fleet } = scene;
      scene[which].answer = answer === 'hang' ? (): void => undefined : answer;
      if (which === 'hook') {
        const url = `${scene.hook.url}/hook`;
        await fleet.configure({ oauth2: { ...scene.oauth2, token_hook: { url }, refresh_token_hook: { url } } });
      }
      return async () => {
        scene[which].answer = which === 'hook' ? 204 : 200;
        if (which === 'hook') await fleet.configure();
      };
    },
  };
}

export const UPKEEP: readonly Fault[] = [
  {
    name: 'upkeep: janitor',
    lasts: [0, 0],
    strike: (scene) => command(scene, 'janitor', '--tokens', '--requests', '--grants'),
  },
  { name: 'upkeep: reencrypt', lasts: [0, 0], strike: (scene) => command(scene, 'reencrypt') },
  {
    name: 'upkeep: keys rotated',
    lasts: [500, 1_000],
    strike: async ({ fleet, random }) => {
      const path = `/admin/keys/${random.pick(KEY_SETS)}`;
      const json = { alg: 'ES256', use: 'sig', kid: randomBytes(8).toString('hex') };
      await fleet.at(random.pick(fleet.servers), 'admin')('POST', path, { json });
      return NOTHING;
    },
  },
  {
    name: 'upkeep: secrets rotated',
    lasts: [500, 1_500],
    strike: async ({ fleet, secrets }) => {
      const next = `system secret ${randomBytes(16).toString('hex')}`;
      // First behind the current one, so that each server can read what the first one to switch writes.
      secrets.push(next);
      await fleet.configure();
      await sleep(RELOADED_AFTER_MS);
      secrets.unshift(...secrets.splice(secrets.indexOf(next), 1));
      await fleet.configure();
      return NOTHING;
    },
  },
  {
    // Once a minute a server looks for partitions whose rows have all expired, and drops them.
    name: 'upkeep: partitions have expired',
    obstacle: needsPostgres,
    lasts: [500, 1_500],
    strike: async (scene) => {
      const { primary } = postgresOf(scene);
      const day = String(Math.floor(Date.now() / 86_400_000) - scene.random.between(3, 3_000));
      for (const table of ['access_token', 'use_mark']) {
        await primary.query(`create table if not exists ${table}_${day} partition of ${table} for values in (${day})`);
      }
      return NOTHING;
    },
  },
  receiver('answers 500', 'hook', 500),
  receiver('hangs', 'hook', 'hang'),
  receiver('answers 500', 'receiver', 500),
  receiver('hangs', 'receiver', 'hang'),
];
