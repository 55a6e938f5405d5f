import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type Agent, request, type RequestOptions } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ConsoleLogger, Controller, Get, Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Configuration } from '../../../src/config/configuration.js';
import type { HotRoute } from '../../../src/http/exchange/exchange.js';
import { ListenError } from '../../../src/http/listener/listen-error.js';
import { jsonReply } from '../../../src/http/replies/replies.js';
import { type Certificate, certificateOf } from './certificate.js';
import { Gate } from './gate.js';
import { exchangeRaw, RawSocket } from './raw-socket.js';
import { startServer, type TestServer } from './server.js';

let gate = new Gate();

@Controller()
class ColdController {
  @Get('cold')
  get(): unknown {
    return { from: 'express' };
  }
}

const hot = (path: string, endpoint: HotRoute['endpoint'], method = 'GET'): HotRoute => {
  return { listener: 'public', method, path, endpoint };
};
const hotRoutes: HotRoute[] = [
  hot('/hot', () => jsonReply(200, { from: 'hot' })),
  hot('/health/alive', () => jsonReply(200, { status: 'ok' })),
  hot('/length', async (exchange) => jsonReply(200, { length: (await exchange.text(2_000_000)).length }), 'POST'),
  hot('/waits', async () => {
    await gate.enter();
    return jsonReply(200, { waited: true });
  }),
];

let folder: string;
let first: Certificate;
let second: Certificate;
let server: TestServer | undefined;
const lines: string[] = [];

beforeAll(async () => {
  [first, second] = await Promise.all([certificateOf('first'), certificateOf('second')]);
});
afterAll(() => {
  Logger.overrideLogger(new ConsoleLogger());
});
beforeEach(() => {
  lines.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'ostiary-tls-'));
  write(first);
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

function write({ cert, key }: Certificate): void {
  writeFileSync(join(folder, 'tls.crt'), cert);
  writeFileSync(join(folder, 'tls.key'), key);
}

async function start(change: (tls: Configuration['serve']['public']['tls']) => void = () => undefined) {
  gate = new Gate();
  server = await startServer({
    names: ['public'],
    hotRoutes,
    controllers: [ColdController],
    change: ({ serve }) => {
      serve.public.tls.enabled = true;
      serve.public.tls.cert = { path: join(folder, 'tls.crt') };
      serve.public.tls.key = { path: join(folder, 'tls.key') };
      change(serve.public.tls);
    },
  });
  const note = (message: unknown) => lines.push(String(message));
  Logger.overrideLogger({ log: note, warn: note, error: note });
  return server;
}

async function shake(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { port, hostname } = new URL(server?.public ?? '');
  const socket = connect({ host: hostname, port: Number(port), ca: [first.cert, second.cert], ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** The name on the certificate that a new connection receives. */
async function served(): Promise<string> {
  const socket = await shake();
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
}

async function ask(path: string, options: RequestOptions & { body?: Buffer; agent?: Agent } = {}) {
  const { body, ...more } = options;
  const sent = request(new URL(path, server?.public), { ca: [first.cert, second.cert], ...more });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, text };
}

const plain = (text = 'GET /hot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n') =>
  exchangeRaw(server?.public.replace('https:', 'http:') ?? '', text);

describe('a listener with TLS', () => {
  it('serves hot routes and controllers, and large bodies in both directions of a connection', async () => {
    await start();
    expect(server?.public).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask('/hot')).toMatchObject({ status: 200, text: '{"from":"hot"}\n' });
    expect(await ask('/cold')).toMatchObject({ status: 200, text: '{"from":"express"}\n' });
    const body = Buffer.alloc(1_500_000, 'x');
    expect(await ask('/length', { method: 'POST', body })).toMatchObject({ text: '{"length":1500000}\n' });
  });

  it('accepts certificate and key in base64, which override files', async () => {
    await start((tls) => {
      tls.cert.base64 = Buffer.from(second.cert).toString('base64');
      tls.key.base64 = Buffer.from(second.key).toString('base64');
    });
    expect(await served()).toBe('second');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s', async (version) => {
    await start();
    const socket = await shake({ minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    expect(socket.getCipher().name).toMatch(/GCM|CHACHA20/);
    socket.destroy();
  });

  it.each([
    { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' },
  ] as ConnectionOptions[])('refuses weak versions and ciphers: %o', async (options) => {
    await start();
    await expect(shake(options)).rejects.toThrow();
    expect(await served()).toBe('first');
  });

  it.each([
    [{ cert: 'tls.crt', key: 'missing.key' }, /public listener cannot start with TLS.*missing\.key.*ENOENT/],
    [{ cert: 'tls.crt', key: 'other.key' }, /do not belong together/],
    [{ cert: 'garbage', key: 'tls.key' }, /cannot be used/],
    [{ cert: 'tls.crt', key: 'garbage' }, /cannot be used/],
  ])('does not start with %o', async (files, message) => {
    writeFileSync(join(folder, 'garbage'), 'no PEM');
    writeFileSync(join(folder, 'other.key'), second.key);
    const failure: unknown = await start((tls) => {
      tls.cert.path = join(folder, files.cert);
      tls.key.path = join(folder, files.key);
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ListenError);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toContain('PRIVATE KEY');
  });

  it('survives connections with a wrong, partial or missing handshake', async () => {
    const { public: url } = await start();
    const { port, hostname } = new URL(url);
    for (const bytes of ['\x16\x03\x01\x00\x05hello', '\x16', '', '\x00\x00', 'x'.repeat(100_000)]) {
      const socket = connectPlain(Number(port), hostname);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.end(bytes, 'latin1');
      socket.resume();
      await once(socket, 'close');
    }
    const half = connectPlain(Number(port), hostname);
    await once(half, 'connect');
    half.resetAndDestroy();
    expect(await ask('/hot')).toMatchObject({ status: 200 });
  });

  it('answers malformed requests on its encrypted connections', async () => {
    await start();
    const socket = await shake();
    socket.write('nonsense\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('stops although connections are idle, before or after a handshake', async () => {
    const { listeners, public: url, config } = await start();
    config.current.serve.shutdown.timeout = 0.2;
    const [shaken, silent] = [await shake(), await RawSocket.to(url)];
    await ask('/hot');
    const gone = once(shaken, 'close');
    await listeners.stop();
    await Promise.all([gone, silent.closed]);
  });

  it('answers requests in flight before it stops', async () => {
    const { listeners } = await start();
    const inFlight = ask('/waits');
    await gate.entered;
    const stopped = listeners.stop();
    gate.open();
    expect(await inFlight).toMatchObject({ status: 200 });
    await stopped;
  });
});

describe('plain HTTP on a port with TLS', () => {
  const viaProxy =
    'GET /hot HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n';

  it('is told to use https', async () => {
    await start();
    const answer = await plain();
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*Use https/);
    expect(answer).toMatch(/connection: close/i);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });

  it('is served to a proxy that ended TLS, but only in one of the configured networks', async () => {
    await start((tls) => {
      tls.allow_termination_from = ['10.0.0.0/8', '127.0.0.0/8'];
    });
    expect(await plain(viaProxy)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"from":"hot"/);
    expect(await plain()).toMatch(/^HTTP\/1\.1 400 /);
    expect(await plain(viaProxy.replace('https', 'http'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await ask('/hot')).toMatchObject({ status: 200 });
  });

  it('is not served to a stranger who says that a proxy sent it', async () => {
    await start((tls) => {
      tls.allow_termination_from = ['203.0.113.0/24'];
    });
    expect(await plain(viaProxy)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is served to health checks', async () => {
    await start();
    expect(await plain('GET /health/alive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });

  it('may arrive in pieces of any size', async () => {
    await start((tls) => {
      tls.allow_termination_from = ['127.0.0.0/8'];
    });
    const raw = await RawSocket.to(server?.public.replace('https:', 'http:') ?? '');
    raw.socket.setNoDelay(true);
    for (const character of viaProxy) {
      raw.write(character);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await raw.closed).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a renewed certificate', () => {
  const isServed = (name: string) =>
    vi.waitFor(
      async () => {
        expect(await served()).toBe(name);
      },
      { timeout: 5_000 },
    );

  it('is served to new connections, while existing connections continue', async () => {
    await start();
    const inFlight = ask('/waits');
    await gate.entered;
    write(second);
    await isServed('second');
    gate.open();
    expect(await inFlight).toMatchObject({ status: 200 });
    expect(lines.join('\n')).toContain('has a new certificate');
  });

  it('is loaded when its files are replaced by a rename', async () => {
    await start();
    for (const [name, certificate] of Object.entries({ second, first })) {
      writeFileSync(join(folder, 'crt.new'), certificate.cert);
      writeFileSync(join(folder, 'key.new'), certificate.key);
      renameSync(join(folder, 'crt.new'), join(folder, 'tls.crt'));
      renameSync(join(folder, 'key.new'), join(folder, 'tls.key'));
      await isServed(name);
    }
  });

  it('is loaded when Kubernetes swaps the link beside it', async () => {
    const deploy = (version: string, { cert, key }: Certificate): void => {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'crt'), cert);
      writeFileSync(join(folder, version, 'key'), key);
      symlinkSync(version, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    deploy('v1', first);
    symlinkSync(join('..data', 'crt'), join(folder, 'crt'));
    symlinkSync(join('..data', 'key'), join(folder, 'key'));
    await start((tls) => {
      tls.cert.path = join(folder, 'crt');
      tls.key.path = join(folder, 'key');
    });
    expect(await served()).toBe('first');
    deploy('v2', second);
    await isServed('second');
    deploy('v3', first);
    await isServed('first');
  });

  it.each([
    ['does not fit its key', () => second.cert, /keeps its certificate.*do not belong together/],
    ['is no certificate', () => 'garbage', /keeps its certificate.*cannot be used/],
    ['is empty', () => '', /keeps its certificate.*cannot be used/],
  ])('that %s is only logged, and the current one stays in use', async (_, cert, message) => {
    await start();
    const open = await shake();
    writeFileSync(join(folder, 'tls.crt'), cert());
    await vi.waitFor(
      () => {
        expect(lines.join('\n')).toMatch(message);
      },
      { timeout: 6_000 },
    );
    expect(await served()).toBe('first');
    open.write('GET /hot HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String(((await once(open, 'data')) as [Buffer])[0])).toContain('200 OK');
    write(second);
    await isServed('second');
  });
});
