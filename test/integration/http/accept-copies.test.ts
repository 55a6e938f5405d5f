import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, Server as TcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ModuleKind, transpileModule } from 'typescript';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BACKLOG } from '../../../src/http/listener/listen.js';
import { AcceptCopies } from '../../../src/http/listener/overload/accept-copies.js';
import { copiesOf } from '../../../src/http/listener/overload/descriptor-copies.js';

const MANY = 96;
const TEXT = { encoding: 'utf8' } as const;
/** Appended to the module under test, which then runs in another process. */
const WITHOUT_DESCRIPTORS = `
const { createServer } = await import('node:net');
const { openSync } = await import('node:fs');
const server = createServer().listen(0, '127.0.0.1', async () => {
  try {
    for (;;) openSync('/dev/null');
  } catch {
    console.log(JSON.stringify(await copiesOf([server], 4)));
    process.exit();
  }
});`;

let server: Server;
let clients: Socket[] = [];
const copies = (): AcceptCopies => new AcceptCopies();

async function listening(handle: RequestListener = (_, response) => response.end('here')): Promise<number> {
  server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The most connections that one event-loop turn accepted, of many that all wait before the first is accepted. */
async function mostInOneTurn(port: number): Promise<number> {
  let [taken, inThisTurn, most] = [0, 0, 0];
  const all = new Promise<void>((resolve) => {
    server.on('connection', () => {
      if (inThisTurn++ === 0) setImmediate(() => (inThisTurn = 0));
      most = Math.max(most, inThisTurn);
      if (++taken === MANY) resolve();
    });
  });
  clients = Array.from({ length: MANY }, () => connect(port, '127.0.0.1'));
  await all;
  return most;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  server.closeAllConnections();
  if (server.listening) await new Promise((closed) => server.close(closed));
});

describe('copies of the descriptor of a listening socket', () => {
  it('accept many waiting connections in one event-loop turn', async () => {
    const port = await listening();
    const accept = copies();
    await accept.open([server]);
    expect(await mostInOneTurn(port)).toBeGreaterThan(16);
    await accept.close();
  });

  it('pass every connection to the server, which answers on it', async () => {
    const port = await listening();
    const accept = copies();
    await accept.open([server]);
    const answers = await Promise.all(
      Array.from({ length: MANY }, async () => (await fetch(`http://127.0.0.1:${port}/`)).text()),
    );
    expect(new Set(answers)).toEqual(new Set(['here']));
    await accept.close();
  });

  it('leave no listening socket when they and the server are closed', async () => {
    const port = await listening();
    const accept = copies();
    await accept.open([server]);
    await accept.close();
    await new Promise((closed) => server.close(closed));
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  });

  it('are closed on arrival if the shutdown has already begun', async () => {
    const port = await listening();
    const accept = copies();
    const opened = accept.open([server]);
    await accept.close();
    await opened;
    await new Promise((closed) => server.close(closed));
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  });

  it('do not exist if no process may be started', async () => {
    await listening();
    expect(await copiesOf([server], 4, '/nothing/here')).toEqual([[]]);
  });

  it('do not exist if the start of a process fails at once', async () => {
    await listening();
    expect(await copiesOf([server], 4, '/nothing\0here')).toEqual([[]]);
  });

  it('do not exist if the process has no descriptor left', async () => {
    const source = await readFile('src/http/listener/overload/descriptor-copies.ts', 'utf8');
    const { outputText } = transpileModule(source, { compilerOptions: { module: ModuleKind.ESNext } });
    const file = join(await mkdtemp(join(tmpdir(), 'descriptors-')), 'attempt.mjs');
    await writeFile(file, outputText + WITHOUT_DESCRIPTORS);
    const { stdout } = spawnSync('sh', ['-c', 'ulimit -n 64 && exec "$0" "$1"', process.execPath, file], TEXT);
    await rm(dirname(file), { recursive: true });
    expect(stdout).toBe('[[]]\n');
  });

  it('listen with the same backlog as the server', async () => {
    await listening();
    const listens = vi.spyOn(TcpServer.prototype, 'listen');
    const accept = copies();
    await accept.open([server]);
    expect(new Set(listens.mock.calls.map((call: unknown[]) => call[1]))).toEqual(new Set([BACKLOG]));
    listens.mockRestore();
    await accept.close();
  });

  it('are closed when the requests on their connections are answered', async () => {
    const waiting: ServerResponse[] = [];
    const port = await listening((_, response) => void waiting.push(response));
    const accept = copies();
    await accept.open([server]);
    const answers = Array.from({ length: MANY }, async () => (await fetch(`http://127.0.0.1:${port}/`)).text());
    await vi.waitFor(() => {
      expect(waiting).toHaveLength(MANY);
    });
    const taken = waiting.filter(({ req }) => Reflect.get(req.socket, '_server') !== server);
    const closed = vi.fn();
    const closing = accept.close().then(closed);
    await sleep(50);
    expect(taken.length).toBeGreaterThan(0);
    expect(closed).not.toHaveBeenCalled();
    for (const response of waiting) response.setHeader('connection', 'close').end('here');
    await closing;
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['here']));
  });
});
