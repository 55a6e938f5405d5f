import type { Worker } from 'node:cluster';
import type { ToWorker } from './messages.js';

/** Who is gone in this moment hears nothing: its end is noticed elsewhere. */
export function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
