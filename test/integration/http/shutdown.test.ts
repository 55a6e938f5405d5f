import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-ports.js';
import type { HotRoute } from '../../../src/http/exchange.js';
import { ListenError, PortTaken } from '../../../src/http/listen-error.js';
import { jsonReply } from '../../../src/http/replies.js';
import { Gate } from './gate.js';
import { RawSocket } from './raw-socket.js';
import { startServer, type TestServer } from './server.js';

let gate: Gate;

@Controller()
class SlowController {
  @Get('slow')
  async get(): Promise<unknown> {
    await gate.enter();
    return { from: 'express' };
  }
}

const hotRoutes: HotRoute[] = [
  { listener: 'public', method: 'GET', path: '/quick', name: 'quick', endpoint: () => jsonReply(200, {}) },
  {
    listener: 'public',
    method: 'GET',
    path: '/hot-slow',
    name: 'slow',
    endpoint: async () => {
      await gate.enter();
      return jsonReply(200, { from: 'hot' });
    },
  },
];

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(change?: Parameters<typeof startServer>[0]): Promise<TestServer> {
  gate = new Gate();
  server = await startServer({ hotRoutes, controllers: [SlowController], ...change });
  return server;
}

const isListening = (url: string) =>
  fetch(`${url}/quick`).then(
    () => true,
    () => false,
  );

describe('stopping', () => {
  it.each(['/hot-slow', '/slow'])('answers a request in flight and then closes its connection: %s', async (path) => {
    const { public: url, listeners } = await start();
    const inFlight = fetch(url + path);
    await gate.entered;
    const stopped = listeners.stop();
    while (await isListening(url)); // the listener closes first
    gate.open();
    const response = await inFlight;
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
    await stopped;
  });

  it('ends readiness before the listeners close, and asks clients to leave meanwhile', async () => {
    const {
      public: url,
      listeners,
      shutdown,
    } = await start({
      change: (configuration) => {
        configuration.serve.shutdown.delay = 3_600;
      },
    });
    expect((await fetch(`${url}/quick`)).headers.get('connection')).toBe('keep-alive');
    const stopped = listeners.stop();
    expect(shutdown.isStopping).toBe(true);
    expect((await fetch(`${url}/quick`)).headers.get('connection')).toBe('close');
    await listeners.stopNow(); // the second signal cuts the delay short
    await stopped;
    expect(await isListening(url)).toBe(false);
  });

  it('closes connections that wait for their next request', async () => {
    const { public: url, listeners } = await start();
    const raw = await RawSocket.to(url);
    raw.write('GET /quick HTTP/1.1\r\nHost: x\r\n\r\n');
    await raw.until('{}');
    await listeners.stop();
    await raw.closed;
  });

  it('cuts off what is not answered in time', async () => {
    const { public: url, listeners } = await start({
      change: (configuration) => {
        configuration.serve.shutdown.timeout = 0.05;
      },
    });
    const inFlight = fetch(`${url}/hot-slow`);
    await gate.entered;
    await listeners.stop();
    await expect(inFlight).rejects.toThrow();
    gate.open(); // the handler ends later, on a connection that is gone
  });

  it('is one thing, however often it is asked for', async () => {
    const { listeners } = await start();
    await Promise.all([listeners.stop(), listeners.stop(), listeners.stopNow()]);
  });
});

describe('opening', () => {
  it('names the address and the key where a port is taken, and leaves no listener open', async () => {
    const other = createTcpServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const free = await freePort();
    const failure = await start({
      change: (configuration) => {
        configuration.serve.public.port = free;
        configuration.serve.admin.port = port;
      },
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PortTaken);
    expect((failure as Error).message).toContain(`127.0.0.1:${port}`);
    expect((failure as Error).message).toContain('serve.admin.port');
    expect(await isListening(`http://127.0.0.1:${free}`)).toBe(false);
    other.close();
  });

  it('names an address that this machine does not have', async () => {
    const failure = await start({
      change: (configuration) => {
        configuration.serve.public.host = '203.0.113.1';
      },
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect((failure as Error).message).toContain('serve.public.host');
  });

  it('opens one listener alone', async () => {
    const { public: url } = await start({ names: ['public'] });
    expect(await isListening(url)).toBe(true);
  });
});

describe('unix sockets', () => {
  it('are opened, a dead one is replaced, a live one is not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ostiary-http-'));
    const path = join(folder, 'public.sock');
    const onSocket: Parameters<typeof start>[0] = {
      names: ['public'],
      change: (configuration) => {
        configuration.serve.public.host = `unix:${path}`;
      },
    };
    const first = await start(onSocket);
    expect(first.public).toBe(`unix:${path}`);
    expect(await start(onSocket).catch((error: unknown) => error)).toBeInstanceOf(PortTaken);
    await first.close();
    await deadSocket(path);
    await start(onSocket);
    await server?.close();
    await rm(folder, { recursive: true });
  });

  it('have the configured mode and group, and are gone when the server is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ostiary-http-'));
    const path = join(folder, 'public.sock');
    const opened = await start({
      names: ['public'],
      change: ({ serve }) => {
        serve.public.host = `unix:${path}`;
        serve.public.socket = { owner: '', group: String(process.getgid?.() ?? 0), mode: 0o660 };
      },
    });
    expect((await stat(path)).mode & 0o777).toBe(0o660);
    await opened.close();
    await expect(stat(path)).rejects.toThrow('ENOENT');
    await rm(folder, { recursive: true });
  });

  it('of an owner whom nobody knows are not opened', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ostiary-http-'));
    const path = join(folder, 'public.sock');
    const failure = await start({
      names: ['public'],
      change: ({ serve }) => {
        serve.public.host = `unix:${path}`;
        serve.public.socket.owner = 'nobody-of-this-name';
      },
    }).catch((error: unknown) => error);
    expect((failure as Error).message).toMatch(/no user nobody-of-this-name.*serve\.public\.socket/);
    await expect(stat(path)).rejects.toThrow('ENOENT');
    await rm(folder, { recursive: true });
  });

  it('do not replace a file of somebody else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ostiary-http-'));
    const path = join(folder, 'precious');
    await writeFile(path, 'x');
    const failure = await start({
      names: ['public'],
      change: (configuration) => {
        configuration.serve.public.host = `unix:${path}`;
      },
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PortTaken);
    await rm(folder, { recursive: true });
  });
});

/** What a killed process leaves: a socket file that nobody listens on. */
async function deadSocket(path: string): Promise<void> {
  const { execFile } = await import('node:child_process');
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await new Promise((resolve) => execFile(process.execPath, ['-e', script], resolve));
}
