/**
 * Measures how long client commands take from start to output, in turn with `node -e 0`. A server in this process answers
 * at once, so that only the start of the program is measured. `--bin FILE`: the program, by default dist/src/main.js;
 * `--rounds N`: 15.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    bin: { type: 'string', default: fileURLToPath(new URL('../dist/src/main.js', import.meta.url)) },
    rounds: { type: 'string', default: '15' },
  },
});

const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ client_id: 'a-client', keys: [{ kty: 'oct', kid: 'a-key' }] }));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const endpoint = `http://127.0.0.1:${server.address().port}`;

const floor = ['-e', '0'];
const commands = {
  version: [values.bin, 'version'],
  'get client': [values.bin, 'get', 'client', 'a-client', '-e', endpoint, '--format', 'json'],
  'get client as yaml': [values.bin, 'get', 'client', 'a-client', '-e', endpoint, '--format', 'yaml'],
  'get jwk': [values.bin, 'get', 'jwk', 'a-set', '-e', endpoint],
  'create client --help': [values.bin, 'create', 'client', '--help'],
};

const floors = [];
const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
for (const args of [floor, ...Object.values(commands)]) await milliseconds(args); // fills the cache of the file system
for (let round = 0; round < Number(values.rounds); round++) {
  floors.push(await milliseconds(floor));
  for (const [name, args] of Object.entries(commands)) times[name].push(await milliseconds(args));
}
server.close();

const base = median(floors);
console.log(`node -e 0: ${base.toFixed(0)} ms`);
for (const [name, list] of Object.entries(times)) {
  const ratio = median(list.map((time, round) => time / floors[round]));
  console.log(`${name}: ${median(list).toFixed(0)} ms, ${ratio.toFixed(1)} times that`);
}

async function milliseconds(args) {
  const begin = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return performance.now() - begin;
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}
