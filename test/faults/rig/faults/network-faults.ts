/** The network between one server, or all of them, and a store. */
import type { Direction, FaultProxy } from '../fault-proxy.js';
import { type Fault, flowsInPostgres, type Heal, type Scene } from './fault.js';

type Store = 'postgres' | 'redis';

function networksOf({ postgres, patroni, redis }: Scene, store: Store): readonly FaultProxy[] {
  return (store === 'redis' ? redis : (postgres ?? patroni))?.networks ?? [];
}

/** @param act the fault of a network; undoing it restores the network completely */
function network(store: Store, name: string, act: (one: FaultProxy) => void): Fault {
  return {
    name: `network to ${store}: ${name}`,
    obstacle: (scene) => (networksOf(scene, store).length > 0 ? undefined : 'there is no simulated network in between'),
    losesFlows: (scene) => store === 'redis' || flowsInPostgres(scene),
    lasts: [1_000, 6_000],
    strike: (scene): Promise<Heal> => {
      const all = networksOf(scene, store);
      const struck = scene.random.chance(0.5) ? all : [scene.random.pick(all)];
      for (const one of struck) act(one);
      return Promise.resolve(() => {
        for (const one of struck) one.heal();
      });
    },
  };
}

const silence = (direction: Direction) => (one: FaultProxy) => {
  one.silence(direction);
};

const of = (store: Store): Fault[] => [
  network(store, 'reset', (one) => {
    one.cut();
  }),
  network(store, 'refused', (one) => {
    one.refuse();
  }),
  network(store, 'nothing gets there', silence('up')),
  network(store, 'answers are lost', silence('down')),
  network(store, '200 ms', (one) => {
    one.delay(100); // in each direction
  }),
];

export const NETWORK_FAULTS: readonly Fault[] = [...of('postgres'), ...of('redis')];
