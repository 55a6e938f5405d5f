/** Examples whose client has a key: `client.mjs` makes it and prints the document of the client, `main.mjs` is the application. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Folder } from '../../integration/config/folder.js';
import { freePorts } from '../../support/free-ports.js';
import { root } from './built.js';
import type { Demo } from './demo-process.js';
import { signInAndAllow } from './relying-party.js';
import { Visitor } from './visitor.mjs';

export class KeyedExamples {
  private readonly folder = new Folder();
  private readonly children: ChildProcess[] = [];

  /** Registers the client that the example prints, and starts it. @returns its address, and the registered client */
  async start(name: string, { urls }: Demo): Promise<{ home: string; client: Record<string, unknown> }> {
    const [port = 0] = await freePorts(1);
    const home = `http://127.0.0.1:${String(port)}/`;
    const key = join(this.folder.path, `${name}.json`);
    const script = [`examples/${name}/client.mjs`, key, `${home}callback`];
    const made = await promisify(execFile)(process.execPath, script, { cwd: root });
    const registered = await fetch(`${urls.admin}/admin/clients`, { method: 'POST', body: made.stdout });
    const client = (await registered.json()) as Record<string, unknown>;
    if (registered.status !== 201) throw new Error(JSON.stringify(client));
    const env = { ISSUER: urls.issuer, CLIENT_ID: String(client.client_id), CLIENT_KEY: key, PORT: String(port) };
    const child = spawn(process.execPath, [`examples/${name}/main.mjs`], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.children.push(child);
    await once(child.stdout, 'data');
    return { home, client };
  }

  /** The names of what the browser carries of the request. */
  async carried(home: string): Promise<string[]> {
    const { headers } = await fetch(home, { redirect: 'manual' });
    return [...new URL(headers.get('location') ?? '').searchParams.keys()].sort();
  }

  /** The page of the application after a login. */
  async signIn(home: string): Promise<unknown> {
    const visitor = new Visitor('nowhere:');
    return JSON.parse((await signInAndAllow(visitor, await visitor.open(home))).html) as unknown;
  }

  stop(): void {
    for (const child of this.children) child.kill();
    this.folder.remove();
  }
}
