/** The built program in another process: TEST_PROGRAM, or dist, which is built if it is older than the source. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { built, root } from '../../e2e/support/built.js';

export const PROGRAM = process.env.TEST_PROGRAM ?? join(root, 'dist/src/main.js');

/** Builds the program if necessary. Must be awaited before the first command. */
export async function program(): Promise<void> {
  if (process.env.TEST_PROGRAM === undefined) await built();
}

type Environment = Record<string, string>;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

const running = new Set<Running>();

/** Ends the processes that a failed test left running. */
export async function killAll(): Promise<void> {
  const left = [...running];
  for (const process of left) process.signal('SIGKILL');
  await Promise.all(left.map(({ ended }) => ended));
}

export class Running {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;

  /**
   * @param input null: its input stays open, and has nothing
   * @param path of the program, also of another release
   */
  constructor(args: string[], env: Environment, input?: string | null, path = PROGRAM) {
    const own = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NO_COLOR: '1' };
    this.child = spawn(process.execPath, [path, ...args], { env: { ...own, ...env } });
    this.child.stdout?.on('data', (chunk) => (this.stdout += String(chunk)));
    this.child.stderr?.on('data', (chunk) => (this.stderr += String(chunk)));
    this.child.stdin?.on('error', () => undefined); // the process may not read its input
    if (input !== null) this.child.stdin?.end(input);
    running.add(this);
    this.ended = once(this.child, 'close').then(([code]) => {
      running.delete(this);
      return { code: code as number | null, stdout: this.stdout, stderr: this.stderr };
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Resolves when stdout and stderr together contain the text. Rejects when the process ends before. */
  async says(text: string): Promise<void> {
    const seen = (): boolean => (this.stdout + this.stderr).includes(text);
    const ended = this.ended.then(() => {
      if (!seen()) throw new Error(`It ended without saying "${text}": ${this.stderr}${this.stdout}`);
    });
    while (!seen()) await Promise.race([this.output(), ended]);
  }

  private async output(): Promise<void> {
    const streams = [this.child.stdout, this.child.stderr].filter((stream) => stream !== null);
    await Promise.race(streams.map((stream) => once(stream, 'data')));
  }
}

/** Runs a command to its end. */
export function ostiary(args: string[], env: Environment = {}, input?: string): Promise<Ended> {
  return new Running(args, env, input).ended;
}
