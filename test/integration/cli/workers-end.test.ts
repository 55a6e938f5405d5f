/** `serve.workers`: a connection that arrives while the workers close is answered or closed, and never left open. */
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Folder } from '../config/folder.js';
import { killAll, program } from './ostiary.js';
import { ask, eventually, WorkersServer } from './workers-server.js';

const SERVES = '2 workers serve.';
const DISCOVERY = '/.well-known/openid-configuration';
const LATE = 6;

/**
 * Worker processes block from SIGUSR2 until `go` exists and `serve.shutdown.delay` (one second) is over: then their
 * timers run before they read what was sent to them.
 */
const STANDS_STILL = `import { existsSync, writeFileSync } from 'node:fs';
if (process.argv[2] === 'worker') {
  process.on('SIGUSR2', () => {
    const until = performance.now() + 1_500;
    writeFileSync(process.env.FOLDER + '/stands.' + process.pid, '');
    const still = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(process.env.FOLDER + '/go') || performance.now() < until) Atomics.wait(still, 0, 0, 20);
  });
}
`;

let database: TestDatabase;
let folder: Folder;

beforeAll(async () => {
  await program();
  database = await freshDatabase();
  folder = new Folder();
});

afterEach(killAll);
afterAll(async () => {
  folder.remove();
  await database.drop();
});

describe.skipIf(process.platform !== 'linux')('the end of two workers', () => {
  it('answers or closes every connection that is passed to the workers while they close', async () => {
    const server = await WorkersServer.start({
      DSN: database.dsn,
      SERVE_SHUTDOWN_DELAY: '1s',
      NODE_OPTIONS: `--import=${folder.write('stands-still.mjs', STANDS_STILL)}`,
      FOLDER: folder.path,
    });
    await server.says(SERVES);
    const workers = await server.workers();
    const slow = await slowRequest(server);
    server.signal('SIGTERM');
    await eventually(async () => (await ready(server)).every((status) => status === 503));
    for (const pid of workers) process.kill(pid, 'SIGUSR2');
    await eventually(() => workers.every((pid) => existsSync(join(folder.path, `stands.${String(pid)}`))));
    const late = await lateConnections(server);
    writeFileSync(join(folder.path, 'go'), '');
    const first = await Promise.race([Promise.all(late).then(() => 'the late ones end'), slow.status]);
    expect(first).toBe('the late ones end'); // the slow request delays the end of the server
    slow.end();
    expect(await slow.status).toBe(400);
    expect((await server.ended).code).toBe(0);
  });
});

async function ready(server: WorkersServer): Promise<number[]> {
  return (await server.everywhere(() => server.get('admin', '/health/ready'))).map(({ status }) => status);
}

/** Connections that the first process has accepted; each promise resolves when its connection is closed. */
async function lateConnections({ pid, ports }: WorkersServer): Promise<Promise<unknown>[]> {
  const held = (): number => readdirSync(`/proc/${String(pid)}/fd`).length;
  const before = held();
  const ends = Array.from({ length: LATE }, () => {
    const socket = connect(ports.public, '127.0.0.1').on('error', () => undefined);
    socket.write(`GET ${DISCOVERY} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    socket.resume();
    return new Promise((resolve) => socket.once('close', resolve)); // also after a reset
  });
  await eventually(() => held() === before + LATE);
  return ends;
}

/** A request with a body that is incomplete until `end`. */
async function slowRequest({ ports }: WorkersServer) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': 11, connection: 'close' };
  const options = {
    host: '127.0.0.1',
    port: ports.public,
    path: '/oauth2/token',
    method: 'POST',
    agent: false,
    headers,
  };
  const sent = request(options);
  const status = once(sent, 'response').then(
    ([response]) => (response as IncomingMessage).statusCode,
    () => 'cut off',
  );
  sent.write('g');
  await ask({ port: ports.public, path: DISCOVERY }); // so that the others have arrived before
  return { status, end: () => sent.end('rant_type=') };
}
