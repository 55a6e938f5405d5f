/** A PgBouncer in transaction mode in front of a test database, where the program is installed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-ports.js';

const PLACES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
const NOBODY = 65_534;

/** Undefined where it is not installed. */
export function pgbouncerProgram(): string | undefined {
  return PLACES.map((place) => join(place, 'pgbouncer')).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Pooler {
  dsn: string;
  stop(): Promise<void>;
}

/** @param dsn the database behind it */
export async function startPgbouncer(dsn: string, poolSize = 10): Promise<Pooler> {
  const program = pgbouncerProgram();
  if (program === undefined) throw new Error('pgbouncer is not installed.');
  const folder = await mkdtemp('/tmp/pgbouncer-');
  await chmod(folder, 0o755);
  const [target, port] = [new URL(dsn), await freePort()];
  const name = target.pathname.slice(1);
  const behind = [
    `host=${target.searchParams.get('host') ?? target.hostname}`,
    `port=${target.port || '5432'}`,
    `dbname=${name}`,
    `user=${decodeURIComponent(target.username)}`,
    ...(target.password ? [`password=${decodeURIComponent(target.password)}`] : []),
  ].join(' ');
  const settings = [
    ...['[databases]', `${name} = ${behind}`, '[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${port}`],
    ...['auth_type = any', 'pool_mode = transaction', `default_pool_size = ${poolSize}`, 'max_client_conn = 200'],
    ...['ignore_startup_parameters = extra_float_digits,statement_timeout', 'unix_socket_dir ='],
  ];
  await writeFile(join(folder, 'pgbouncer.ini'), settings.join('\n'));
  const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(program, [join(folder, 'pgbouncer.ini')], { stdio: 'ignore', ...asNobody });
  await untilOpen(port);
  return {
    dsn: `postgres://pool@127.0.0.1:${port}/${name}?sslmode=disable`,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function untilOpen(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
}
