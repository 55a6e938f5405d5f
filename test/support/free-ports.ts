import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that systems give to `listen(0)` (Linux from 32768, macOS from 49152): a listener of another test
// never takes a port between its choice here and its use. Each process draws from a slice of its own.
const FIRST = 20_000;
const [SLICES, SLICE] = [50, 200];
let drawn = 0;

/** Ports of 127.0.0.1 that nobody listens on, all different, none given twice by this process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    if (drawn === SLICE * SLICES) throw new Error('No free port is left.');
    const port = FIRST + (((process.pid % SLICES) * SLICE + drawn++) % (SLICES * SLICE));
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

/** One of {@link freePorts}. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  await once(probe.close(), 'close');
  return true;
}
