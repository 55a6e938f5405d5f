import cluster from 'node:cluster';
import { version } from './version.js';

/** The members that identify this program in a central log, and each of several processes (`serve.workers`). */
export const SERVICE = {
  service_name: 'Ostiary',
  service_version: version(),
  ...(cluster.worker && { worker: cluster.worker.id }),
};
