import { type ChildProcess, spawn } from 'node:child_process';
import { freePort } from './free-ports.js';

export interface RedisService {
  url: string;
  stop(): Promise<void>;
}

/** The Redis behind TEST_REDIS_URL, otherwise a redis-server of the PATH on a free port, otherwise undefined and a message. */
export async function startRedis(): Promise<RedisService | undefined> {
  const given = process.env.TEST_REDIS_URL;
  if (given) return { url: given, stop: () => Promise.resolve() };
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const failed = new Promise<Error>((resolve) => child.once('error', resolve));
  const exited = new Promise<Error>((resolve) => {
    child.once('exit', () => {
      resolve(new Error('it ended'));
    });
  });
  const problem = await Promise.race([failed, exited, ready(child)]);
  if (problem) {
    process.stdout.write(`No Redis (redis-server: ${problem.message}): the suites that need it are skipped.\n`);
    return undefined;
  }
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    stop: async () => {
      process.off('exit', kill);
      kill();
      await exited;
    },
  };
}

/** Resolves when the server says that it listens, and never otherwise. Its output is read to the end. */
function ready(child: ChildProcess): Promise<undefined> {
  return new Promise((resolve) => {
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('Ready to accept connections')) resolve(undefined);
    });
  });
}
