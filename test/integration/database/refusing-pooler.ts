import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface RefusingPooler {
  dsn: string;
  close(): Promise<void>;
}

/** A proxy like an older PgBouncer before PostgreSQL: refuses connections that begin with a setting. */
export async function refusingPooler(dsn: string): Promise<RefusingPooler> {
  const behind = new URL(dsn);
  const folder = behind.searchParams.get('host');
  const port = Number(behind.port || 5432);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client.on('error', () => undefined));
    client.once('data', (startup) => {
      if (startup.includes('statement_timeout')) {
        client.end(errorResponse('08P01', 'unsupported startup parameter: statement_timeout'));
        return;
      }
      const upstream = folder ? connect(`${folder}/.s.PGSQL.${port}`) : connect(port, behind.hostname);
      sockets.add(upstream.on('error', () => undefined));
      upstream.write(startup);
      client.pipe(upstream).pipe(client);
    });
  });
  const front = new URL(dsn);
  front.searchParams.set('host', '127.0.0.1');
  front.port = String(await listen(server));
  return {
    dsn: front.href,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** PostgreSQL manual, "Message Formats": ErrorResponse with severity, code and message. */
function errorResponse(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
