/** Two nodes under Patroni, with etcd; the addresses of the servers follow the leader, as with HAProxy. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from '../../../support/free-ports.js';
import { ask } from '../ask.js';
import { FaultProxy } from '../fault-proxy.js';
import { childrenOf, kill, running } from '../processes.js';
import { runCommand } from '../server-process.js';

const run = promisify(execFile);
const NOBODY = 65_534;
const POLL_MS = 200;
const START_MS = 120_000;
const DEBIAN = '/usr/lib/postgresql';

interface Member {
  name: string;
  postgresPort: number;
  restPort: number;
  child?: ChildProcess;
}

export class Patroni {
  private leading: Member | undefined;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    readonly networks: readonly FaultProxy[],
    private readonly members: readonly Member[],
    private readonly etcd: ChildProcess,
    private readonly folder: string,
  ) {}

  /** Migrates it, with a replica that follows synchronously. @param count servers that need an address */
  static async create(count: number): Promise<Patroni> {
    const folder = await mkdtemp(join(tmpdir(), 'ostiary-patroni-'));
    await chmod(folder, 0o711);
    const [client = 0, peer = 0, ...ports] = await freePorts(6);
    const etcd = startEtcd(folder, client, peer);
    const members = await Promise.all(
      [0, 1].map(async (i) => {
        const member = {
          name: `node${String(i + 1)}`,
          postgresPort: ports[2 * i] ?? 0,
          restPort: ports[2 * i + 1] ?? 0,
        };
        await configure(folder, member, client);
        return member;
      }),
    );
    const networks = await Promise.all(Array.from({ length: count }, () => FaultProxy.leadingTo(0)));
    const patroni = new Patroni(networks, members, etcd, folder);
    for (const member of members) patroni.startMember(member);
    patroni.timer = setInterval(() => void patroni.followLeader(), POLL_MS);
    await patroni.awaitBoth();
    const { code, output } = await runCommand(['migrate', 'sql', 'up', '--yes', patroni.dsnOf(0)]);
    if (code !== 0) throw new Error(`The migrations failed: ${output}`);
    return patroni;
  }

  /** A query to the leader. */
  get dsn(): string {
    return `postgres://postgres@127.0.0.1:${String(this.leader.postgresPort)}/postgres?sslmode=disable`;
  }

  dsnOf(server: number): string {
    return `postgres://postgres@127.0.0.1:${String(this.networks[server]?.port)}/postgres?sslmode=disable`;
  }

  /** Kills the node of the leader with everything that runs on it. Resolves with a function that starts it again. */
  async killLeader(): Promise<() => Promise<void>> {
    const member = this.leader;
    await killTree(member);
    return async () => {
      while (this.leading === member || !this.leading) await sleep(POLL_MS);
      this.startMember(member);
      await this.awaitBoth();
    };
  }

  /** The leader hands over to the other node. */
  async switchOver(): Promise<void> {
    const { leader } = this;
    const candidate = this.members.find((member) => member !== leader);
    const json = { leader: leader.name, candidate: candidate?.name };
    await ask('POST', `http://127.0.0.1:${String(leader.restPort)}/switchover`, { json });
    while (this.leading === leader) await sleep(POLL_MS);
    await this.awaitBoth();
  }

  async remove(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.members.map(killTree));
    this.etcd.kill('SIGKILL');
    await Promise.all(this.networks.map((network) => network.close()));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private get leader(): Member {
    if (!this.leading) throw new Error('Patroni has no leader.');
    return this.leading;
  }

  private startMember(member: Member): void {
    const child = spawn('patroni', [join(this.folder, `${member.name}.yml`)], {
      ...{
        stdio: 'ignore',
        detached: true,
        env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', HOME: this.folder },
      },
      ...identity(),
      cwd: '/',
    });
    member.child = child;
    process.once('exit', () => {
      killGroup(member);
    });
  }

  private async followLeader(): Promise<void> {
    const answers = await Promise.all(this.members.map(({ restPort }) => roleOf(restPort)));
    const found = this.members.find((_, i) => answers[i] === 'leader');
    if (!found || found === this.leading) return;
    this.leading = found;
    for (const network of this.networks) {
      network.pointAt(found.postgresPort);
      network.cut();
    }
  }

  /** Resolves when there are a leader and a synchronous follower. */
  private async awaitBoth(): Promise<void> {
    const deadline = Date.now() + START_MS;
    for (;;) {
      const roles = await Promise.all(this.members.map(({ restPort }) => roleOf(restPort)));
      if (roles.includes('leader') && roles.includes('sync_standby') && this.leading) return;
      if (Date.now() > deadline) throw new Error(`Patroni has no two nodes: ${roles.join(', ')}.`);
      await sleep(POLL_MS);
    }
  }
}

async function roleOf(restPort: number): Promise<string> {
  const { lost, ...answer } = await ask('GET', `http://127.0.0.1:${String(restPort)}/cluster`);
  if (lost !== undefined || !('json' in answer)) return 'gone';
  const members = (answer.json.members ?? []) as { api_url: string; role: string; state: string }[];
  const own = members.find(({ api_url: url }) => url.includes(`:${String(restPort)}/`));
  return own?.role ?? 'unknown';
}

function startEtcd(folder: string, client: number, peer: number): ChildProcess {
  const url = (port: number): string => `http://127.0.0.1:${String(port)}`;
  const child = spawn(
    'etcd',
    [
      ...[
        '--data-dir',
        join(folder, 'etcd'),
        '--listen-client-urls',
        url(client),
        '--advertise-client-urls',
        url(client),
      ],
      ...['--listen-peer-urls', url(peer), '--initial-advertise-peer-urls', url(peer)],
      ...['--initial-cluster', `default=${url(peer)}`, '--unsafe-no-fsync'],
    ],
    { stdio: 'ignore' },
  );
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function configure(folder: string, { name, postgresPort, restPort }: Member, etcd: number): Promise<void> {
  const home = join(folder, name);
  await mkdir(home);
  const address = (port: number): string => `127.0.0.1:${String(port)}`;
  const anybody = ['local all all trust', 'host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'];
  const settings = {
    scope: 'proof',
    name,
    restapi: { listen: address(restPort), connect_address: address(restPort) },
    etcd3: { host: address(etcd) },
    bootstrap: {
      dcs: {
        ...{ ttl: 8, loop_wait: 1, retry_timeout: 3, maximum_lag_on_failover: 1_048_576, synchronous_mode: true },
        postgresql: { use_pg_rewind: true, parameters: { fsync: 'off', wal_log_hints: 'on', max_connections: 60 } },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, { auth: 'trust' }],
    },
    postgresql: {
      ...{ listen: address(postgresPort), connect_address: address(postgresPort), data_dir: join(home, 'data') },
      ...{ bin_dir: debianBinaries(), pgpass: join(home, 'pgpass'), pg_hba: anybody },
      authentication: { superuser: { username: 'postgres' }, replication: { username: 'postgres' } },
      parameters: { unix_socket_directories: home },
    },
  };
  await writeFile(join(folder, `${name}.yml`), JSON.stringify(settings)); // JSON is YAML
  if (process.getuid?.() === 0) await chown(home, NOBODY, NOBODY);
}

async function killTree(member: Member): Promise<void> {
  const { child } = member;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  killGroup(member);
  await exit;
}

/** The node dies as a machine does: Patroni, and each process of PostgreSQL, all of which lead their own groups. */
function killGroup({ child, postgresPort }: Member): void {
  if (child?.pid !== undefined) kill(-child.pid);
  for (const postmaster of running(`--port=${String(postgresPort)}`)) {
    for (const pid of [postmaster, ...childrenOf(postmaster)]) kill(pid);
  }
}

/** Neither PostgreSQL nor Patroni runs as root. */
function identity(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** Patroni needs more programs of PostgreSQL than its server. */
function debianBinaries(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const [newest] = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return newest === undefined ? undefined : join(DEBIAN, newest, 'bin');
}

/** The missing requirement; undefined where there is none. */
export async function withoutPatroni(): Promise<string | undefined> {
  if (debianBinaries() === undefined) return "Debian's PostgreSQL is not installed";
  for (const program of ['patroni', 'etcd']) {
    const found = await run(program, ['--version']).then(
      () => true,
      () => false,
    );
    if (!found) return `${program} is not installed`;
  }
  return undefined;
}
