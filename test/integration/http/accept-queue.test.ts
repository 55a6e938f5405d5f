/** Connections that wait to be accepted: the event loop accepts one in each turn, however many arrive at once. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchAccepts } from '../../../src/http/listener/overload/accept-queue.js';
import { RequestTiming } from '../../../src/http/exchange/request-timing.js';
import { send } from '../../support/send.js';

const MANY = 20;
const BUSY_MS = 5;

/** Sends complete requests, each on a new connection, and sets `told` when the system has received them all. */
const CLIENT = `
const { workerData: { port, count, told } } = require('node:worker_threads');
const { connect } = require('node:net');
let sent = 0;
for (let i = 0; i < count; i++) {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined).resume();
  socket.write('GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n', () => {
    if (++sent === count) Atomics.notify(told, 0, Atomics.store(told, 0, 1));
  });
}`;

let server: Server;
let address: string;
/** The timings of the requests, in the order in which they were read. */
let timings: RequestTiming[];

beforeEach(async () => {
  timings = [];
  server = createServer((request, response) => {
    timings.push(new RequestTiming(request.socket));
    const end = performance.now() + BUSY_MS;
    while (performance.now() < end);
    response.end();
  });
  watchAccepts(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

it('a request that waited to be accepted counts as waiting since the first connection of its row was accepted', async () => {
  const told = new Int32Array(new SharedArrayBuffer(4));
  const { port } = new URL(address);
  const client = new Worker(CLIENT, { eval: true, workerData: { port, count: MANY, told } });
  Atomics.wait(told, 0, 0); // this event loop is blocked until the system has buffered every request
  await expect.poll(() => timings.length).toBe(MANY);
  await client.terminate();
  const [first, ...others] = timings;
  for (const timing of others) {
    expect(timing.queuedTick).toBeLessThanOrEqual(first!.arrivedTick);
    expect(timing.thereSinceTick).toBeLessThanOrEqual(first!.arrivedTick);
  }
  expect(timings.at(-1)!.arrivedTick).toBeGreaterThan(first!.arrivedTick);
});

it('a request that nobody came before counts as there when it is, on a new connection and on a known one', async () => {
  for (const connection of ['close', 'keep-alive', 'keep-alive']) {
    const before = performance.now();
    await send('GET', address, { headers: { connection } });
    expect(timings.at(-1)!.queuedTick).toBeGreaterThanOrEqual(before);
  }
});
