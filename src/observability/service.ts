import cluster from 'node:cluster';
import { version } from './version.js';

/** The members by which a log that gathers many programs knows this one, and one of several processes (`serve.workers`). */
export const SERVICE = {
  service_name: 'Ostiary',
  service_version: version(),
  ...(cluster.worker && { worker: cluster.worker.id }),
};
