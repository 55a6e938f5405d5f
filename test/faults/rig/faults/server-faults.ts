/** Servers are killed, stopped, or have a wrong clock. */
import { type Fault, NOTHING, type Scene } from './fault.js';

const clock = (name: string, shiftMs: number): Fault => ({
  name: `clock: ${name}`,
  lasts: [2_000, 5_000],
  strike: async ({ fleet, random }) => {
    const server = random.pick(fleet.servers);
    await fleet.restart(server, 'SIGINT', shiftMs);
    return () => fleet.restart(server, 'SIGINT', 0);
  },
});

const needsWorkers = ({ workers }: Scene): string | undefined => (workers > 1 ? undefined : 'servers have no workers');

export const SERVER_FAULTS: readonly Fault[] = [
  {
    name: 'server: SIGKILL',
    lasts: [300, 1_500],
    strike: async ({ fleet, random }) => {
      const server = random.pick(fleet.servers);
      await server.end('SIGKILL');
      return () => {
        server.start();
        return fleet.ready(server);
      };
    },
  },
  {
    name: 'server: rolling restart',
    lasts: [0, 0],
    strike: async ({ fleet }) => {
      for (const server of fleet.servers) {
        await fleet.restart(server, 'SIGTERM');
        await fleet.inService();
      }
      return NOTHING;
    },
  },
  {
    name: 'server: SIGKILL of a worker',
    obstacle: needsWorkers,
    lasts: [500, 1_500],
    strike: ({ fleet, random }) => {
      process.kill(random.pick(random.pick(fleet.servers).workers()), 'SIGKILL');
      return Promise.resolve(NOTHING);
    },
  },
  clock('30 s ahead', 30_000),
  clock('30 s behind', -30_000),
  clock('10 min ahead', 600_000),
];
