/** `npm run demo` as a child process, on free ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePorts } from '../../support/free-ports.js';
import { built, root } from './built.js';

export interface Demo {
  urls: { issuer: string; admin: string; login: string; app: string };
  process: ChildProcess;
  /** The output so far. */
  output(): string;
  /** Ends the demo like Ctrl-C. @returns the exit code */
  stop(): Promise<number | null>;
}

export type Ports = Record<'SERVE_PUBLIC_PORT' | 'SERVE_ADMIN_PORT' | 'LOGIN_PORT' | 'APP_PORT', string>;

/** Starts the demo and waits for its printed address. @throws with its output if it ends before. */
export async function startDemo(env: Record<string, string>, ports?: Ports): Promise<Demo> {
  await built();
  const chosen = ports ?? (await demoPorts());
  const { child, output } = launchDemo({ ...env, ...chosen });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  await Promise.race([printed(child, output, 'Ctrl-C'), exited]);
  if (child.exitCode !== null) throw new Error(`The demo ended with ${child.exitCode}:\n${output()}`);
  const on = (name: keyof Ports): string => `http://127.0.0.1:${chosen[name]}`;
  const urls = {
    issuer: on('SERVE_PUBLIC_PORT'),
    admin: on('SERVE_ADMIN_PORT'),
    login: on('LOGIN_PORT'),
    app: on('APP_PORT'),
  };
  const stop = async (): Promise<number | null> => {
    child.kill('SIGINT');
    return (await exited)[0];
  };
  return { urls, process: child, output, stop };
}

/** Starts the demo without waiting. */
export function launchDemo(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['examples/demo.mjs'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  return { child, output: () => text };
}

function printed(child: ChildProcess, output: () => string, words: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (output().includes(words)) resolve();
    };
    child.stdout?.on('data', look);
  });
}

export async function demoPorts(): Promise<Ports> {
  const [issuer, admin, login, app] = await freePorts(4);
  return {
    SERVE_PUBLIC_PORT: String(issuer),
    SERVE_ADMIN_PORT: String(admin),
    LOGIN_PORT: String(login),
    APP_PORT: String(app),
  };
}
