/** Executes the blocks of a page in order, in one shell, against a server of its own that has the page's configuration. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { PROGRAM, Running } from '../integration/cli/ostiary.js';
import { root } from '../e2e/support/built.js';
import { freePorts } from '../support/free-ports.js';
import type { TestDatabase } from '../support/postgres.js';
import { FILES } from './files.js';
import type { Block } from './pages.js';
import { treatmentOf } from './treatment.js';

type Tree = Record<string, unknown>;

/** The ports that pages name, each of which becomes a free one. */
const NAMED_PORTS = [4444, 4445, 4446, 3000, 5555, 5556, 8080];
const SECRET = 'a-system-secret-of-the-tests';
const LINKED = ['examples', 'node_modules', 'deploy', 'openapi', 'package.json'];
const ENDED = '@@ended';

export class PageRun {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ostiary-page-'));
  private readonly ports = new Map<number, number>();
  private server: Running | undefined;
  private shell: ChildProcess | undefined;
  private printed = '';
  /** What the last command printed. */
  output = '';

  constructor(
    private readonly page: string,
    private readonly database: TestDatabase,
  ) {}

  /** Starts the server with all configuration of the page, and runs what test/docs/setup has for it. */
  async start(blocks: Block[]): Promise<void> {
    const free = await freePorts(NAMED_PORTS.length);
    NAMED_PORTS.forEach((port, index) => this.ports.set(port, free[index] ?? 0));
    for (const name of LINKED) symlinkSync(join(root, name), join(this.folder, name));
    const configuration = this.configuration(blocks);
    const file = this.write('ostiary.yaml', stringify(configuration));
    this.writeShim();
    this.server = new Running(['serve', 'all', '-c', file], { LOG_LEVEL: 'warn' });
    await this.isReady();
    this.openShell();
    for (const setup of [this.setup('sh', 'all'), this.setup('sh')]) if (setup) await this.command(setup, { exits: 0 });
  }

  async stop(): Promise<void> {
    if (this.shell?.pid) killGroup(this.shell.pid);
    this.server?.signal('SIGINT');
    await this.server?.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  write(name: string, text: string): string {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, this.rewritten(text));
    return file;
  }

  /** @throws with what was printed where a line fails, or the last one ends with another code */
  async command(text: string, { exits, until }: { exits: number; until?: string }): Promise<void> {
    this.printed = '';
    const lines = this.rewritten(text);
    if (until === undefined) {
      await this.said(`{ ${exits === 0 ? '' : 'set +e; '}eval "$(cat <<'@@block'\n${lines}\n@@block\n)"; }`, ENDED);
      const [, code = ''] = /@@ended (\d+)/.exec(this.printed) ?? [];
      if (Number(code) !== exits) throw new Error(`It ended with ${code}, not ${String(exits)}:\n${this.printed}`);
    } else {
      this.shell?.stdin?.write(`{\n${lines}\n} &\n`);
      await this.said('', until);
    }
    this.output = this.named(this.printed.replace(/@@ended.*\n/, ''));
  }

  private async said(input: string, words: string): Promise<void> {
    if (input) this.shell?.stdin?.write(`${input}\necho "${ENDED} $?"; set -e\n`);
    while (!this.printed.includes(words)) {
      if (this.shell?.exitCode !== null) throw new Error(`A line failed:\n${this.printed}`);
      await sleep(20);
    }
  }

  private openShell(): void {
    const env = {
      PATH: `${join(this.folder, 'bin')}:${process.env.PATH ?? ''}`,
      HOME: this.folder,
      NO_COLOR: '1',
      ORY_SDK_URL: this.rewritten('http://127.0.0.1:4445'),
    };
    // A group of its own, so that programs in the background end with it.
    this.shell = spawn('bash', ['-eEu', '-o', 'pipefail'], { cwd: this.folder, env, detached: true });
    for (const stream of [this.shell.stdout, this.shell.stderr])
      stream?.on('data', (chunk) => (this.printed += String(chunk)));
  }

  /** The blocks of the page that are not only checked, and test/docs/setup/PAGE.yaml. */
  private configuration(blocks: Block[]): Tree {
    const served = blocks.filter((block) => {
      const treatment = treatmentOf(block);
      return treatment.as === 'configuration' && treatment.isServed;
    });
    const own: Tree = {
      dev: true,
      dsn: this.database.dsn,
      secrets: { system: [SECRET] },
      serve: { public: listener(this.port(4444)), admin: listener(this.port(4445)) },
      urls: {
        self: { issuer: 'http://127.0.0.1:4444' },
        login: 'http://127.0.0.1:3000/login',
        consent: 'http://127.0.0.1:3000/consent',
        logout: 'http://127.0.0.1:3000/logout',
      },
    };
    const parts = [...served.map(({ text }) => text), this.setup('yaml') ?? '{}'].map((text) => parse(text) as Tree);
    return parse(this.rewritten(stringify(parts.reduce(merged, own)))) as Tree;
  }

  private setup(kind: 'sh' | 'yaml', name = basename(this.page, '.md')): string | undefined {
    const file = join(root, 'test/docs/setup', `${name}.${kind}`);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  /** The text with the ports of this run. */
  private rewritten(text: string): string {
    const withFiles = Object.entries(FILES).reduce((all, [named, own]) => all.replaceAll(named, join(root, own)), text);
    return withFiles.replaceAll(
      /\b(127\.0\.0\.1:|localhost:|PORT=)(\d{4})\b/g,
      (_, before: string, port: string) => `${before}${String(this.port(Number(port)))}`,
    );
  }

  /** The text with the ports of the page. */
  private named(text: string): string {
    return [...this.ports].reduce(
      (all, [named, free]) => all.replaceAll(`:${String(free)}`, `:${String(named)}`),
      text,
    );
  }

  private port(named: number): number {
    return this.ports.get(named) ?? named;
  }

  private writeShim(): void {
    mkdirSync(join(this.folder, 'bin'));
    const text = `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`;
    writeFileSync(join(this.folder, 'bin/ostiary'), text, { mode: 0o755 });
  }

  private async isReady(): Promise<void> {
    const address = `http://127.0.0.1:${String(this.port(4445))}/health/ready`;
    const state = { ended: false };
    void this.server?.ended.then(() => (state.ended = true));
    while (
      !(await fetch(address).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (state.ended) throw new Error(`The server of ${this.page} did not start: ${this.server?.stderr ?? ''}`);
      await sleep(50);
    }
  }
}

const listener = (port: number): Tree => ({ host: '127.0.0.1', port });

function merged(first: Tree, second: Tree): Tree {
  const isGroup = (value: unknown): value is Tree =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = Object.entries(second).map(([name, value]): [string, unknown] => {
    const before = first[name];
    return [name, isGroup(before) && isGroup(value) ? merged(before, value) : value];
  });
  return { ...first, ...Object.fromEntries(entries) };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}
