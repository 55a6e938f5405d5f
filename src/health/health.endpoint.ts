import { Injectable } from '@nestjs/common';
import type { Exchange, Reply } from '../http/exchange.js';
import { jsonReply } from '../http/replies.js';
import { type Obstacles, Readiness } from './readiness.js';

const OK: Reply = jsonReply(200, { status: 'ok' });

/** GET /health/alive and /health/ready, on both listeners. */
@Injectable()
export class HealthEndpoint {
  constructor(private readonly readiness: Readiness) {}

  /** The process answers: nothing it depends on is asked. */
  alive(_exchange: Exchange): Reply {
    return OK;
  }

  /** 503 names what is in the way; how it failed is told to administrators only. */
  async ready({ listener }: Exchange): Promise<Reply> {
    const obstacles = await this.readiness.obstacles();
    if (Object.keys(obstacles).length === 0) return OK;
    return jsonReply(503, { errors: listener === 'admin' ? obstacles : withoutDetails(obstacles) });
  }
}

function withoutDetails(obstacles: Obstacles): Obstacles {
  return Object.fromEntries(Object.keys(obstacles).map((name) => [name, 'not available']));
}
