import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { ConfigHolder } from '../config/config-holder.js';
import { LOGGER } from '../observability/logger.js';
import type { CompletedRequest, RequestObserver } from './request-observer.js';

const HEALTH = /^(?:\/admin)?\/health\/(?:alive|ready)$|^\/admin\/metrics\/prometheus$/;

/** One line for each request. Health requests can be silenced (`serve.*.request_log.disable_for_health`). */
@Injectable()
export class RequestLog implements RequestObserver {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly config: ConfigHolder,
  ) {}

  completed(request: CompletedRequest): void {
    if (!this.logger.isLevelEnabled('info') || this.isSilenced(request)) return;
    const { listener, method, path, status, requestId, remoteAddress, rawQuery } = request;
    this.logger.info(
      {
        listener,
        method,
        path,
        ...(rawQuery && { query: rawQuery }), // redacted by the logger, unless it may leak
        status,
        duration_ms: Math.round(request.durationMs * 100) / 100,
        request_id: requestId,
        remote: remoteAddress,
      },
      'request completed',
    );
  }

  private isSilenced({ listener, path }: CompletedRequest): boolean {
    return this.config.current.serve[listener].request_log.disable_for_health && HEALTH.test(path);
  }
}
