/**
 * A program of the image as a container runs it: its file system read-only and nothing beside it but the shared libraries that
 * it names, process 1 of its own, another user than root, no privileges to gain. Not as a container: the network is this
 * machine's, and the working folder is the root.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Arguments: the root folder, user and group, then the command. */
const SCRIPT = `
  set -e
  root=$1 user=$2
  shift 2
  mount --bind "$root" "$root"
  mount --bind /dev "$root/dev"
  mount -t proc proc "$root/proc"
  mount -o remount,bind,ro "$root"
  exec setpriv --no-new-privs chroot --userspec="$user" --groups= "$root" "$@"`;

export interface Ended {
  code: number | null;
  output: string;
}

export class Container {
  private readonly root = mkdtempSync(join(tmpdir(), 'ostiary-container-'));

  /** @param image the folder of scripts/image/assemble.mjs */
  constructor(image: string) {
    chmodSync(this.root, 0o755);
    cpSync(image, this.root, { recursive: true, verbatimSymlinks: true });
    for (const folder of ['dev', 'proc', 'etc/config', 'tmp']) mkdirSync(join(this.root, folder), { recursive: true });
    for (const file of this.libraries()) {
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      cpSync(file, join(this.root, file), { dereference: true });
    }
  }

  configure(text: string): void {
    writeFileSync(join(this.root, 'etc/config/hydra.yaml'), text);
  }

  /** Runs a command to its end. */
  run(command: readonly string[], env: NodeJS.ProcessEnv, user = '65534:65534'): Ended {
    const { status, stdout, stderr } = spawnSync('unshare', this.words(command, user), {
      env: { PATH, ...env },
      encoding: 'utf8',
    });
    return { code: status, output: stdout + stderr };
  }

  start(command: readonly string[], env: NodeJS.ProcessEnv): Running {
    return new Running(spawn('unshare', this.words(command, '65534:65534'), { env: { PATH, ...env } }));
  }

  /** Each file with what a write would change. */
  files(): string[] {
    return execFileSync('find', [this.root, '-printf', '%P %y %m %s %T@ %l\n'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
      .split('\n')
      .sort();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private words(command: readonly string[], user: string): string[] {
    const apart = ['--mount', '--pid', '--fork', '--kill-child'];
    return [...apart, 'sh', '-c', SCRIPT, 'sh', this.root, user, ...command];
  }

  private libraries(): Set<string> {
    const natives = readdirSync(join(this.root, 'ostiary/node_modules/@node-rs'))
      .map((name) => join(this.root, 'ostiary/node_modules/@node-rs', name))
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((file) => file.endsWith('.node'));
    const named = [join(this.root, 'usr/local/bin/node'), ...natives].map((file) =>
      execFileSync('ldd', [file], { encoding: 'utf8' }),
    );
    return new Set(named.join('\n').match(/(?<=\s)\/\S+(?= \(0x)/g));
  }
}

export class Running {
  output = '';
  private readonly ended: Promise<unknown[]>;

  constructor(private readonly outer: ChildProcess) {
    this.ended = once(outer, 'exit');
    for (const stream of [outer.stdout, outer.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  get hasEnded(): boolean {
    return this.outer.exitCode !== null;
  }

  /** To process 1 of the container. @returns its exit code */
  async signal(name: NodeJS.Signals): Promise<number | null> {
    const pid = String(this.outer.pid);
    const [inner] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').map(Number);
    if (inner) process.kill(inner, name);
    await this.ended;
    return this.outer.exitCode;
  }

  async kill(): Promise<void> {
    this.outer.kill('SIGKILL');
    await this.ended;
  }
}
