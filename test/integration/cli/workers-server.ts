/** A server of several processes: its workers, and requests on new connections, so that they reach all workers. */
import { execFile } from 'node:child_process';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from '../../support/free-ports.js';
import { Running } from './ostiary.js';

/** The primary process passes connections to the workers in turn. */
const ROUND = 12;

export interface Answer {
  status: number;
  text: string;
}

export class WorkersServer extends Running {
  private constructor(
    environment: Record<string, string>,
    args: string[],
    readonly ports: { public: number; admin: number },
  ) {
    super(['serve', 'all', '--dev', ...args], environment);
  }

  static async start(environment: Record<string, string>, args: string[] = []): Promise<WorkersServer> {
    const [onPublic = 0, onAdmin = 0] = await freePorts(2);
    const own = {
      SECRETS_SYSTEM: 'a-system-secret-of-a-test',
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_PUBLIC_PORT: String(onPublic),
      SERVE_ADMIN_HOST: '127.0.0.1',
      SERVE_ADMIN_PORT: String(onAdmin),
      SERVE_WORKERS: '2',
      LOG_FORMAT: 'json',
      SERVE_SHUTDOWN_DELAY: '0s',
    };
    return new WorkersServer({ ...own, ...environment }, args, { public: onPublic, admin: onAdmin });
  }

  /** The process ids of the live workers. */
  workers(): Promise<number[]> {
    return workersOf(this.pid);
  }

  /** The answers of many requests, each on a new connection. */
  everywhere(act: () => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(Array.from({ length: ROUND }, act));
  }

  get(listener: 'public' | 'admin', path: string): Promise<Answer> {
    return ask({ port: this.ports[listener], path });
  }

  post(listener: 'public' | 'admin', path: string, body: string, headers = {}): Promise<Answer> {
    return ask({ port: this.ports[listener], path, method: 'POST', headers }, body);
  }

  /** The sum of the samples of a metric that have all the labels. */
  async metric(name: string, ...labels: string[]): Promise<number> {
    const { text } = await this.get('admin', '/admin/metrics/prometheus');
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }
}

async function workersOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.endsWith('main.js worker'))
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([own = 0]) => own);
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Retries until the condition holds, or the test times out. */
export async function eventually(question: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await question())) await sleep(50);
}

export function ask(options: RequestOptions, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', agent: false, ...options }, (response) => {
      read(response).then((text) => {
        resolve({ status: response.statusCode ?? 0, text });
      }, reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
