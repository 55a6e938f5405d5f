import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-ports.js';

/** A Redis server only for this test, which can be stopped, frozen and started again on its port. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly args: readonly string[],
  ) {}

  /** Further settings as on the command line of redis-server. It is not running yet. */
  static async create(...args: string[]): Promise<RedisServer> {
    return new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'redis-')), args);
  }

  get url(): string {
    return `redis://127.0.0.1:${String(this.port)}`;
  }

  async start(): Promise<void> {
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    await this.spawn([...settings, '--appendonly', 'no', ...this.args]);
  }

  /** Starts a Sentinel that watches the master under the name `flows`, and replaces it after so long without a reply. */
  async startAsSentinelOf(master: RedisServer, downAfterMs = 500): Promise<void> {
    const file = join(this.folder, 'sentinel.conf');
    const watched = `sentinel monitor flows 127.0.0.1 ${String(master.port)} 1\n`;
    await writeFile(
      file,
      `${watched}sentinel down-after-milliseconds flows ${String(downAfterMs)}\nsentinel failover-timeout flows 2000\n`,
    );
    await this.spawn([file, '--sentinel', '--port', String(this.port), '--bind', '127.0.0.1']);
  }

  async stop(): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  }

  /** Stops responding without closing a connection. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  unfreeze(): void {
    this.process?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async spawn(args: string[]): Promise<void> {
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.process = child;
    await new Promise<void>((resolve, reject) => {
      let output = '';
      child.once('exit', () => {
        reject(new Error(`redis-server ended: ${output}`));
      });
      child.stdout.on('data', (chunk) => {
        output += String(chunk);
        if (/Ready to accept connections|monitor master/.test(output)) resolve();
      });
    });
  }
}
