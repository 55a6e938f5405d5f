#!/usr/bin/env node
// Measures an OAuth server that has Hydra's command line and API, as ratios to floors measured in the same run.
//   node bench/bench.mjs --dsn 'postgres://user@127.0.0.1:PORT/{db}' [--redis URL] [--vs 'CMD'] ...   (README.md)
//   node bench/bench.mjs --report FILE
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { growthChart } from './lib/chart.mjs';
import { Contest } from './lib/contest.mjs';
import { Floors } from './lib/floors.mjs';
import { growth } from './lib/growth.mjs';
import { readOptions } from './lib/options.mjs';
import { Postgres, STATISTICS_LAG_MS } from './lib/postgres.mjs';
import { memory } from './lib/process.mjs';
import { Redis } from './lib/redis.mjs';
import { render } from './lib/report.mjs';
import { scenarios } from './lib/scenarios.mjs';
import { sleep } from './lib/server.mjs';
import { soak } from './lib/soak.mjs';

const options = readOptions();
if (options.report) {
  console.log(render(JSON.parse(readFileSync(options.report, 'utf8'))));
  process.exit();
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)); // the servers end with this process

const postgres = await new Postgres(options.dsn).open();
const redis = options.redis && (await new Redis(options.redis).open());
const floors = await new Floors(postgres, options.connections).open();
const contest = new Contest({ postgres, redis, floors, options });
const result = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  machine: { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) },
  options: Object.fromEntries(
    ['seconds', 'rounds', 'connections', 'generators', 'pool', 'clients'].map((name) => [name, options[name]]),
  ),
  postgres: postgres.settings,
  redis: redis?.settings,
  servers: Object.fromEntries(options.contestants.map(({ name }) => [name, { memory: {}, scenarios: {} }])),
};

function save() {
  const short = (_, value) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  if (options.json) writeFileSync(options.json, `${JSON.stringify(result, short, 1)}\n`);
}

const [plain, modern] = [
  options.scenarios.filter((n) => !scenarios[n].oauth2),
  options.scenarios.filter((n) => scenarios[n].oauth2),
];

async function measure(names, servers) {
  await sleep(STATISTICS_LAG_MS);
  for (const name of names) {
    for (const [i, summary] of (await contest.measure(name, servers)).entries()) {
      result.servers[servers[i].name].scenarios[name] = summary;
    }
    save();
  }
}

/** Each scenario that needs keys of its own has its own server, so that no other one pays for them. */
async function modernSpeed() {
  for (const name of modern) {
    const settings = { oauth2: scenarios[name].oauth2, ...scenarios[name].settings };
    const server = await contest.bring(options.contestants[0], [name], { settings });
    await measure([name], [server]);
    await contest.close(server);
  }
}

async function speed() {
  const servers = [];
  for (const contestant of options.contestants) servers.push(await contest.bring(contestant, plain));
  await measure(plain, servers);
  for (const { name, idle, server } of servers) {
    const { now, peak } = memory(server.child.pid);
    result.servers[name].memory = { idle, end: now, peak };
  }
  result.coldStart = await contest.coldStarts(servers);
  for (const server of servers) await contest.close(server);
}

try {
  if (plain.length) await speed();
  await modernSpeed();
  for (const contestant of options.contestants) {
    const own = result.servers[contestant.name];
    if (options.growth.length && contestant.fill) own.growth = await growth(contest, contestant, options.growth);
    if (options.soak) own.soak = await soak(contest, contestant, options.soak);
    if (own.growth && options.svg) writeFileSync(options.svg, growthChart(contestant.name, own.growth));
    save();
  }
} finally {
  await floors.close();
  await contest.dropAll();
}
save();
console.log(render(result));
const wrong = Object.values(result.servers).some((s) => Object.values(s.scenarios).some(({ errors }) => errors));
process.exit(wrong ? 1 : 0);
