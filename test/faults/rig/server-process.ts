/** One server of the fleet: the built program in a separate process, which can be killed, stopped and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../support/free-ports.js';
import { childrenOf } from './processes.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = join(ROOT, 'dist/src/main.js');
const CLOCK_SHIFT = join(ROOT, 'test/faults/rig/clock-shift.mjs');

/** SIGTERM keeps serving for `serve.shutdown.delay`, SIGINT does not. */
export type Ending = 'SIGKILL' | 'SIGTERM' | 'SIGINT';

export type Settings = Record<string, unknown>;
/** Called with each line that a server writes. */
export type LineReader = (server: string, line: string) => void;

export class ServerProcess {
  private child: ChildProcess | undefined;
  private exit: Promise<number | null> = Promise.resolve(null);
  /** The error of its clock in milliseconds. */
  clockShift = 0;

  private constructor(
    readonly name: string,
    readonly publicPort: number,
    readonly adminPort: number,
    private readonly file: string,
    private readonly read: LineReader,
  ) {
    process.on('exit', () => this.child?.kill('SIGKILL'));
  }

  static async create(name: string, folder: string, read: LineReader): Promise<ServerProcess> {
    const [publicPort = 0, adminPort = 0] = await freePorts(2);
    return new ServerProcess(name, publicPort, adminPort, join(folder, `${name}.json`), read);
  }

  get configFile(): string {
    return this.file;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** A running server adopts the new settings, as far as they can change without a restart. */
  async configure(settings: Settings): Promise<void> {
    const listener = (port: number): object => ({ host: '127.0.0.1', port });
    const { serve, ...others } = settings as { serve?: object };
    const own = { public: listener(this.publicPort), admin: listener(this.adminPort), ...serve };
    await writeFile(this.file, JSON.stringify({ ...others, serve: own }));
  }

  start(): void {
    const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NO_COLOR: '1' };
    const shift = this.clockShift === 0 ? [] : ['--import', CLOCK_SHIFT];
    const child = spawn(process.execPath, [...shift, PROGRAM, 'serve', 'all', '--dev', '-c', this.file], {
      env: { ...env, CLOCK_SHIFT_MS: String(this.clockShift) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.exit = new Promise((resolve) => child.once('close', resolve));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.read(this.name, line);
      });
    }
  }

  /** Resolves with its exit code (null after a signal) when it has ended. */
  end(signal: Ending): Promise<number | null> {
    this.child?.kill('SIGCONT');
    this.child?.kill(signal);
    return this.exit;
  }

  /** The worker processes of `serve.workers`. */
  workers(): number[] {
    return childrenOf(this.child?.pid);
  }
}

/** Runs a command of the program to its end. */
export function runCommand(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NO_COLOR: '1' };
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += String(part)));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}
