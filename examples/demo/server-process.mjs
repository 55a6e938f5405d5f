/** The server as a child process: started, awaited, stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DemoError } from './ports.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const END_WITH_PARENT = new URL('./end-with-parent.mjs', import.meta.url).href;
const READY_TIMEOUT_MS = 180_000;

export class ServerProcess {
  /** @param {NodeJS.ProcessEnv} env @param {string} adminUrl */
  constructor(env, adminUrl) {
    this.adminUrl = adminUrl;
    const args = ['--import', END_WITH_PARENT, 'dist/src/main.js', 'serve', 'all', '--dev'];
    // A group of its own: Ctrl-C reaches the demo alone, which then stops the server once.
    this.child = spawn(process.execPath, args, {
      cwd: ROOT,
      env,
      detached: true,
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    this.child.stdin.on('error', () => undefined); // it went before we did
    this.exited = once(this.child, 'exit').then(([code, signal]) => code ?? signal);
  }

  /** @throws DemoError where it does not become ready in time. */
  async ready() {
    for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; await sleep(100)) {
      const response = await fetch(`${this.adminUrl}/health/ready`).catch(() => undefined);
      if (response?.ok) return;
    }
    throw new DemoError('The server started, but does not become ready.');
  }

  async stop() {
    this.child.kill('SIGINT');
    await this.exited;
  }

  kill() {
    this.child.kill('SIGKILL');
  }
}
