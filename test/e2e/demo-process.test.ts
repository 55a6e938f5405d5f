/** The start and the end of the demo with its embedded database. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { built } from './support/built.js';
import { type Demo, demoPorts, launchDemo, type Ports, startDemo } from './support/demo-process.js';
import { canSeeProcesses, childrenOf, eventually, processesWith } from './support/processes.js';
import { signInAndAllow } from './support/relying-party.js';
import { textOf, Visitor } from './support/visitor.mjs';

describe.skipIf(!canSeeProcesses)('the demo', () => {
  let folder: string;
  let ports: Ports;
  let running: Demo[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostiary-demo-'));
    ports = await demoPorts();
    running = [];
  });

  afterEach(async () => {
    for (const demo of running) if (demo.process.exitCode === null) demo.process.kill('SIGKILL');
    await eventually(async () => (await processesWith(folder)).size === 0);
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<Demo> {
    const demo = await startDemo({ DATA_DIR: folder }, ports);
    running.push(demo);
    return demo;
  }

  it('prints the address to open and the credentials to type', async () => {
    const demo = await start();
    expect(demo.output().match(/http:\S+/g)).toEqual([demo.urls.app]);
    expect(demo.output()).toContain('ada@example.com');
  });

  it('stops all processes on Ctrl-C, and finds its data again', async () => {
    const visitor = new Visitor('nowhere:');
    const first = await start();
    const home = await signInAndAllow(visitor, await visitor.open(`${first.urls.app}/login`), 'yes');
    expect(textOf(home.html)).toContain('Hello, Ada Lovelace');
    expect(await first.stop()).toBe(0);
    expect([...(await processesWith(folder)).values()]).toEqual([]);

    const second = await start();
    const again = await visitor.open(`${second.urls.app}/login`);
    expect(textOf(again.html)).toContain('Hello, Ada Lovelace');
  });

  it('leaves no process behind when it is killed', async () => {
    const demo = await start();
    const [server] = await childrenOf(demo.process.pid!);
    demo.process.kill('SIGKILL');
    await eventually(async () => !(await processesWith('dist/src/main.js')).has(server!));
    await eventually(async () => (await processesWith(folder)).size === 0);
  });

  it('ends with its database when the server is killed', async () => {
    const demo = await start();
    const [server] = await childrenOf(demo.process.pid!);
    process.kill(server!, 'SIGKILL');
    const [code] = (await once(demo.process, 'exit')) as [number];
    expect(code).toBe(1);
    expect(demo.output()).toContain('The server has ended');
    await eventually(async () => (await processesWith(folder)).size === 0);
  });

  it.each(['SERVE_PUBLIC_PORT', 'SERVE_ADMIN_PORT', 'LOGIN_PORT', 'APP_PORT'] as const)(
    'reports the used port of %s, and ends with 1',
    async (name) => {
      await built();
      const other = createServer().listen(Number(ports[name]), '127.0.0.1');
      await once(other, 'listening');
      const { child, output } = launchDemo({ DATA_DIR: folder, ...ports });
      const [code] = (await once(child, 'close')) as [number];
      other.close();
      expect(code).toBe(1);
      expect(output().trim()).toBe(`Port ${ports[name]} is taken. Stop what listens there, or set ${name}.`);
    },
  );

  it('names a variable that is not a port', async () => {
    await built();
    const { child, output } = launchDemo({ DATA_DIR: folder, ...ports, APP_PORT: 'http' });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output().trim()).toBe('APP_PORT must be a port between 1 and 65535, not "http".');
  });
});
