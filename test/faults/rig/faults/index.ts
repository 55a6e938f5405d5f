/** Every fault, in the order of the documentation. */
import type { Fault } from './fault.js';
import { NETWORK_FAULTS } from './network-faults.js';
import { POSTGRES_FAULTS } from './postgres-faults.js';
import { REDIS_FAULTS } from './redis-faults.js';
import { SERVER_FAULTS } from './server-faults.js';
import { UPKEEP } from './upkeep.js';

export const FAULTS: readonly Fault[] = [
  ...SERVER_FAULTS,
  ...POSTGRES_FAULTS,
  ...REDIS_FAULTS,
  ...NETWORK_FAULTS,
  ...UPKEEP,
];
