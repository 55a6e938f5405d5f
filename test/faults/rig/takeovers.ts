/**
 * Replicas of Redis that take over, whoever caused it: on a machine under load also by themselves. A fail-over of Redis may
 * lose the last records, and servers follow within a second, so each is a time in which flows may be lost.
 */
import type { FlowRedis } from './stores/redis.js';
import type { Windows } from './windows.js';

const ASK_EVERY_MS = 200;
/** A client may learn of it before this watch does: whether a flow was lost by it is known only after this time. */
export const TAKEOVER_KNOWN_AFTER_MS = 1_000;

export class Takeovers {
  private known: string | undefined;
  private asking = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly redis: FlowRedis | undefined,
    private readonly windows: Windows,
  ) {
    this.timer = setInterval(() => void this.look(), ASK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const masters = await this.redis?.masters?.().catch(() => undefined);
    this.asking = false;
    if (masters === undefined || masters === this.known) return;
    if (this.known !== undefined) this.windows.close(this.windows.open('redis: a replica took over', true));
    this.known = masters;
  }
}
