// Memory under a long mixed load, and the memory of an open flow.
import { say } from './contest.mjs';
import { memory } from './process.mjs';

const MIX = [
  'client-credentials',
  'introspect',
  'introspect-hostile',
  'refresh',
  'code-flow',
  'userinfo',
  'get-client',
];
const STRETCH_SECONDS = 5;
const OPENING_SECONDS = 10;

/** Drives a mix for `seconds`, and returns the resident memory in MiB after each round. */
export async function soak(contest, contestant, seconds) {
  const settings = { ttl: { access_token: '720h' } }; // tokens made before the clock starts must outlive the run
  const instance = await contest.bring(contestant, MIX, { pool: 2000, clients: 1000, settings });
  const samples = [];
  const until = performance.now() + seconds * 1000;
  let [ops, errors] = [0, 0];
  while (performance.now() < until) {
    for (const name of MIX) {
      const run = await instance.load.run(name, STRETCH_SECONDS);
      ops += run.ops;
      errors += run.errors;
      if (run.errors) say(`soak ${contestant.name}: ${name}: ${run.firstErrors.join(' | ')}`);
    }
    samples.push(memory(instance.server.child.pid).now);
    say(`soak ${contestant.name}: ${samples.at(-1).toFixed(0)} MiB after ${ops} operations, ${errors} errors`);
  }
  const flow = await openFlows(contest, instance);
  await contest.close(instance);
  return { seconds, ops, errors, samples, flow };
}

/** Bytes in the server and in the stores for a flow that waits for its login. */
async function openFlows(contest, { load, server, db }) {
  const [memoryBefore, storedBefore] = [memory(server.child.pid).now, await storedBytes(contest, db)];
  const { ops } = await load.run('authorize', OPENING_SECONDS);
  const grown = (memory(server.child.pid).now - memoryBefore) * 2 ** 20;
  return { opened: ops, server: grown / ops, stores: ((await storedBytes(contest, db)) - storedBefore) / ops };
}

async function storedBytes({ postgres, redis }, db) {
  return (await postgres.totals(db)).bytes + ((await redis?.totals())?.bytes ?? 0);
}
