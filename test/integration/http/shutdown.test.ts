import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../support/free-ports.js';
import type { HotRoute } from '../../../src/http/exchange/exchange.js';
import { ListenError, PortTaken } from '../../../src/http/listener/listen-error.js';
import { jsonReply } from '../../../src/http/replies/replies.js';
import { Gate } from './gate.js';
import { RawSocket } from './raw-socket.js';
import { startServer, type TestServer } from './server.js';

let gate: Gate;
/** Each function releases one request to /in-turn. */
const turns: (() => void)[] = [];

@Controller()
class SlowController {
  @Get('slow')
  async get(): Promise<unknown> {
    await gate.enter();
    return { from: 'express' };
  }
}

const hotRoutes: HotRoute[] = [
  { listener: 'public', method: 'GET', path: '/quick', endpoint: () => jsonReply(200, {}) },
  {
    listener: 'public',
    method: 'GET',
    path: '/in-turn',
    endpoint: async () => {
      await new Promise<void>((turn) => turns.push(turn));
      return jsonReply(200, {});
    },
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/hot-slow',
    endpoint: async () => {
      await gate.enter();
      return jsonReply(200, { from: 'hot' });
    },
  },
];

const QUICK = 'GET /quick HTTP/1.1\r\nHost: x\r\n\r\n';

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

  it('answers requests in flight on connections that a copy of the descriptor accepted', async () => {
    const { public: url, listeners } = await start();
    await listeners.acceptOnCopies();
    const inFlight = Array.from({ length: 40 }, (_, index) => fetch(`${url}/in-turn?index=${index}`));
    await vi.waitFor(() => {
      expect(turns).toHaveLength(40);
    });
    const stopped = listeners.stop();
    for (const turn of turns.splice(0)) {
      turn();
      await sleep(5);
    }
    const statuses = (await Promise.all(inFlight)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await stopped;
  });

  it('ends readiness before the listeners close, and meanwhile sends Connection: close', async () => {
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
    const raw = await RawSocket.to(url);
    raw.write(QUICK);
    await raw.until('{}');
    const stopped = listeners.stop('gentle');
    expect(shutdown.isStopping).toBe(true);
    expect((await fetch(`${url}/quick`)).headers.get('connection')).toBe('close');
    raw.write(QUICK); // on a connection that was idle when the shutdown began
    expect((await raw.closed).match(/^connection: [a-z-]+/gim)).toEqual([
      'Connection: keep-alive',
      'Connection: close',
    ]);
    await listeners.stopNow(); // the second signal cuts the delay short
    await stopped;
    expect(await isListening(url)).toBe(false);
  });

  it('closes idle connections at once when the shutdown is prompt, whatever the delay', async () => {
    const { public: url, listeners } = await start({
      change: ({ serve }) => {
        serve.shutdown.delay = 3_600;
      },
    });
    const raw = await RawSocket.to(url);
    raw.write(QUICK);
    await raw.until('{}');
    await listeners.stop();
    await raw.closed;
  });

  it('cuts off requests that are not answered in time', async () => {
    const { public: url, listeners } = await start({
      change: (configuration) => {
        configuration.serve.shutdown.timeout = 0.05;
      },
    });
    const inFlight = fetch(`${url}/hot-slow`);
    await gate.entered;
    await listeners.stop();
    await expect(inFlight).rejects.toThrow();
    gate.open(); // the handler ends later, on a closed connection
  });

  it('happens once, however often it is requested', async () => {
    const { listeners } = await start();
    await Promise.all([listeners.stop(), listeners.stop(), listeners.stopNow()]);
  });
});

describe('opening', () => {
  it('reports a used port with its address and key, and leaves no listener open', async () => {
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

  it('reports an address that this machine does not have', async () => {
    const failure = await start({
      change: (configuration) => {
        configuration.serve.public.host = '203.0.113.1';
      },
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect((failure as Error).message).toContain('serve.public.host');
  });

  it('can open only one listener', async () => {
    const { public: url } = await start({ names: ['public'] });
    expect(await isListening(url)).toBe(true);
  });
});

describe('unix sockets', () => {
  it('are opened and replace a dead socket, but not a live one', async () => {
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

  it('have the configured mode and group, and are removed with the server', async () => {
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

  it('with an unknown owner are not opened', async () => {
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

  it('do not replace a file that is not a socket', async () => {
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

/** The socket file without a listener that a killed process leaves behind. */
async function deadSocket(path: string): Promise<void> {
  const { execFile } = await import('node:child_process');
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await new Promise((resolve) => execFile(process.execPath, ['-e', script], resolve));
}
