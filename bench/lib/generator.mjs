// A generator process: it keeps one World and, on messages of its parent, prepares it or runs one scenario on it for a while.
// Messages in: { do: 'prepare', names } | { do: 'warm' | 'run', name, seconds }. Each gets one reply.
import { authorize, hello, scenarios } from './scenarios.mjs';
import { World } from './world.mjs';

const all = { ...scenarios, authorize, hello };
const { target, options } = JSON.parse(process.argv[2]);
const world = new World(target, options);

async function run(name, seconds) {
  const { op } = all[name];
  const latencies = [],
    errors = new Map();
  const cpu = process.cpuUsage(),
    from = performance.now(),
    until = from + seconds * 1000;
  let exhausted = false;
  await Promise.all(
    world.users.map(async (user) => {
      for (let now = from; now < until && !exhausted;) {
        try {
          if ((await op(user, world)) === false) {
            exhausted = true;
            break;
          }
          const end = performance.now();
          latencies.push(end - now);
          now = end;
        } catch (e) {
          const what = e.message.slice(0, 200);
          errors.set(what, (errors.get(what) ?? 0) + 1);
          now = performance.now();
        }
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  return {
    ops: latencies.length,
    latencies: Float64Array.from(latencies),
    errors: [...errors],
    exhausted,
    seconds: (performance.now() - from) / 1000,
    cpu: (user + system) / 1e6,
  };
}

async function prepare(names) {
  for (const name of names) await all[name].prepare?.(world);
}

process.on('message', async (message) => {
  try {
    process.send({
      ok: message.do === 'prepare' ? await prepare(message.names) : await run(message.name, message.seconds),
    });
  } catch (e) {
    process.send({ failed: e.stack });
  }
});
process.once('disconnect', () => process.exit());
