import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

// Below the ports that systems give to `listen(0)` (Linux from 32768, macOS from 49152): a listener of another test
// never takes a port between its choice here and its use. Each process draws from its own slice, which it holds by
// listening on the first port of it.
const FIRST = 20_000;
const [SLICES, SLICE] = [50, 200];
let slice: Promise<number> | undefined;
let drawn = 0;

/** Ports of 127.0.0.1 that nothing listens on, all different, none returned twice by this process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = await nextPort();
    const probe = await listenOn(port);
    if (!probe) continue;
    await once(probe.close(), 'close');
    ports.push(port);
  }
  return ports;
}

/** A process that runs for long continues with another slice. */
async function nextPort(): Promise<number> {
  slice ??= claimSlice();
  const first = await slice;
  if (drawn < SLICE - 1) return first + ++drawn;
  [slice, drawn] = [undefined, 0];
  return nextPort();
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
