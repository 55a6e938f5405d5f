/**
 * Measures a start of `serve all` with a migrated database, from exec to ready: its CPU (user and system), and its time in turn
 * with a bare node:http server; and its memory two seconds later. `--dsn URL` with {db}; `--bin 'COMMAND'`: the program, by
 * default this build, and again for another that is measured in the same rounds; `--rounds N`: 15; `--cpus 0.1`: under
 * the limit of a container (as root, where control groups may be written). PostgreSQL needs no extension for this.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CpuLimit } from './lib/cpu-limit.mjs';
import { Postgres } from './lib/postgres.mjs';
import { cpuSeconds, memory } from './lib/process.mjs';
import { Server, freePort, launch, sleep, stop } from './lib/server.mjs';

const OURS = `${process.execPath} ${fileURLToPath(new URL('../dist/src/main.js', import.meta.url))}`;
const HELLO = fileURLToPath(new URL('./lib/hello.mjs', import.meta.url));
const SETTLE_MS = 2000;

const { values } = parseArgs({
  options: {
    dsn: { type: 'string' },
    bin: { type: 'string', multiple: true, default: [OURS] },
    rounds: { type: 'string', default: '15' },
    cpus: { type: 'string' },
  },
});
const limit = values.cpus ? new CpuLimit(Number(values.cpus)) : undefined;
const postgres = new Postgres(values.dsn);
const servers = [];
const floors = [];
try {
  for (const [i, bin] of values.bin.entries()) servers.push(await prepared(bin, `serve_start_${process.pid}_${i}`));
  for (let round = 0; round <= Number(values.rounds); round++) {
    const floor = await bareServer();
    if (round > 0) floors.push(floor); // the first round fills the cache of the file system
    for (const each of servers) await measure(each, round > 0);
  }
} finally {
  for (const { db } of servers) await postgres.drop(db);
  limit?.remove();
}

console.log(`a bare node:http server: ${median(floors).toFixed(0)} ms`);
for (const { bin, times, cpu, sizes } of servers) {
  const ratio = median(times.map((time, round) => time / floors[round]));
  const cpuText = `${median(cpu).toFixed(2)} s of CPU (${Math.min(...cpu).toFixed(2)} to ${Math.max(...cpu).toFixed(2)})`;
  const memoryText = `${median(sizes).toFixed(0)} MiB`;
  console.log(`${bin}: ${cpuText}; ${median(times).toFixed(0)} ms, ${ratio.toFixed(1)} times that; ${memoryText} idle`);
}

async function prepared(bin, db) {
  await postgres.create(db);
  const server = new Server({ name: db, bin, db, dsn: postgres.url(db) });
  server.migrate();
  if (limit) server.argv = limit.around(server.argv);
  return { bin, db, server, times: [], cpu: [], sizes: [] };
}

async function bareServer() {
  const port = await freePort();
  const log = join(tmpdir(), `serve-start-${process.pid}.log`);
  const { child, ms } = await launch([process.execPath, HELLO, String(port)], { log, port, path: '/' });
  await stop(child);
  return ms;
}

async function measure({ server, times, cpu, sizes }, counts) {
  const ms = await server.start();
  const seconds = cpuSeconds(server.child.pid);
  await sleep(SETTLE_MS);
  if (counts) {
    times.push(ms);
    cpu.push(seconds);
    sizes.push(memory(server.child.pid).now);
  }
  await server.stop();
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}
