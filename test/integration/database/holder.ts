import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('../../support/run-module.mjs', import.meta.url));
const MODULE = fileURLToPath(new URL('./embedded-holder.ts', import.meta.url));

/** Another process that uses the embedded PostgreSQL of a folder. */
export class Holder {
  private constructor(
    readonly process: ChildProcessWithoutNullStreams,
    readonly dsn: string,
  ) {}

  /** @throws with the output of the process if it cannot start. */
  static async start(folder: string, identity?: { uid: number; gid: number }): Promise<Holder> {
    const child = spawn(process.execPath, [RUN, MODULE, folder], { ...identity, stdio: 'pipe' });
    let errors = '';
    child.stderr.on('data', (text) => (errors += String(text)));
    for await (const line of createInterface(child.stdout))
      if (line.startsWith('postgres://')) return new Holder(child, line);
    throw new Error(errors);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.stdin.end();
    await ended;
  }

  async kill(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}
