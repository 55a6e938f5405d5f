import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonReply } from '../../../src/http/replies/replies.js';
import { startServer, type TestServer } from './server.js';

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const probe = createServer();
  probe.once('error', () => {
    resolve(false);
  });
  probe.listen(0, '::1', () =>
    probe.close(() => {
      resolve(true);
    }),
  );
});

let server: TestServer | undefined;
afterEach(() => server?.close());

async function start(host: string): Promise<string> {
  server = await startServer({
    names: ['public'],
    change: ({ serve }) => {
      serve.public.host = host;
    },
    hotRoutes: [
      {
        listener: 'public',
        method: 'GET',
        path: '/from',
        endpoint: ({ remoteAddress }) => jsonReply(200, { remoteAddress }),
      },
    ],
  });
  return new URL(server.public).port;
}

const from = async (address: string): Promise<unknown> => (await fetch(`http://${address}/from`)).json();

describe('a listener without a host', () => {
  it.runIf(hasIpv6)('accepts IPv6 and IPv4 connections, and sees IPv4 addresses in their own form', async () => {
    const port = await start('');
    expect(await from(`127.0.0.1:${port}`)).toEqual({ remoteAddress: '127.0.0.1' });
    expect(await from(`[::1]:${port}`)).toEqual({ remoteAddress: '::1' });
  });

  it.runIf(hasIpv6)('with host 0.0.0.0 accepts IPv4 connections only', async () => {
    const port = await start('0.0.0.0');
    expect(await from(`127.0.0.1:${port}`)).toEqual({ remoteAddress: '127.0.0.1' });
    await expect(from(`[::1]:${port}`)).rejects.toThrow();
  });
});
