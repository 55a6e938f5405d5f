import type { Reply } from '../../replies/reply.js';

/** The CORS decision about a request. */
export interface CorsDecision {
  /** Headers for the answer, whatever produces it. */
  headers: Record<string, string>;
  /** The whole answer to a preflight. */
  reply?: Reply;
}
