import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

// Below the ports that systems give to `listen(0)` (Linux from 32768, macOS from 49152): a listener of another test
// never takes a port between its choice here and its use. Each process draws from a slice of its own, which it holds by
// listening on the first port of it.
const FIRST = 20_000;
const [SLICES, SLICE] = [50, 200];
let slice: Promise<number> | undefined;
let drawn = 0;

/** Ports of 127.0.0.1 that nobody listens on, all different, none given twice by this process. */
export async function freePorts(count: number): Promise<number[]> {
  slice ??= claimSlice();
  const first = await slice;
  const ports: number[] = [];
  while (ports.length < count) {
    if (++drawn === SLICE) throw new Error('This process has used up its slice of ports.');
    const probe = await listenOn(first + drawn);
    if (!probe) continue;
    await once(probe.close(), 'close');
    ports.push(first + drawn);
  }
  return ports;
}

/** One of {@link freePorts}. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

async function claimSlice(): Promise<number> {
  for (let i = 0; i < SLICES; i++) {
    const first = FIRST + i * SLICE;
    const holder = await listenOn(first);
    if (!holder) continue;
    holder.unref();
    return first;
  }
  throw new Error(`Other processes hold every slice of the ports from ${FIRST}.`);
}

async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return server;
  } catch {
    return undefined;
  }
}
