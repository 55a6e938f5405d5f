/** Child processes of a program: in a group of their own, which ends as a whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromiumPath } from '../../test/e2e/support/chromium.mjs';

/** Folders beside the PATH. */
const FOLDERS = ['/usr/local/go/bin'];
export const PATH = [process.env.PATH, ...FOLDERS].join(delimiter);
const KEPT_LINES = 40;

/** @returns the file of a program on the PATH, or undefined. */
export function findProgram(name) {
  if (name === 'chromium') return chromiumPath(); // it has several names
  const files = PATH.split(delimiter).map((folder) => join(folder, name));
  return files.find(isExecutable);
}

export class Process {
  #child;
  #last = [];

  /**
   * @param {string[]} command
   * @param {{ cwd: string, env: object, signal: AbortSignal, onLine?: (line: string) => void }} options `signal` kills it;
   *   `onLine` hears its standard output
   */
  constructor([program, ...words], { cwd, env, signal, onLine = () => undefined }) {
    this.#child = spawn(program, words, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin.on('error', () => undefined); // it went before we did
    const heard = [this.#listen(this.#child.stdout, onLine), this.#listen(this.#child.stderr)];
    const kill = () => this.kill();
    signal.addEventListener('abort', kill, { once: true });
    if (signal.aborted) kill();
    /** Resolves with the exit code, or undefined where it was killed. */
    this.ended = once(this.#child, 'exit').then(async ([code]) => {
      signal.removeEventListener('abort', kill);
      this.kill(); // what it left behind
      await Promise.all(heard);
      return code ?? undefined;
    });
    this.ended.catch(() => undefined);
  }

  /** The last lines that it printed. */
  get lastLines() {
    return this.#last.join('\n');
  }

  write(line) {
    this.#child.stdin.write(`${line}\n`);
  }

  kill() {
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // It is gone, or never came.
    }
  }

  #listen(stream, onLine = () => undefined) {
    const lines = createInterface({ input: stream }).on('line', (line) => {
      this.#last = [...this.#last, line].slice(-KEPT_LINES);
      onLine(line);
    });
    return once(lines, 'close');
  }
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
