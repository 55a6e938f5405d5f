import type { DeliveryOutcome } from './delivery-outcome.js';
import type { DeliveryRow } from './logout-delivery.statements.js';

/** One way to tell somebody that a session has ended. */
export interface LogoutReceiver {
  /** One attempt. @throws whatever goes wrong on the way */
  tell(delivery: DeliveryRow, now: Date): Promise<DeliveryOutcome>;
}

/** Longest answer that is read; nothing in it counts. */
export const MAX_ANSWER_BYTES = 1_048_576;
