import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { LineLog } from '../../observability/line-log.js';
import { isProbe } from './routes/request-path.js';
import type { CompletedRequest, RequestObserver } from './request-observer.js';

/** Writes one line for each request. Health requests can be silenced (`serve.*.request_log.disable_for_health`). */
@Injectable()
export class RequestLog implements RequestObserver {
  constructor(
    private readonly lines: LineLog,
    private readonly config: ConfigHolder,
  ) {}

  completed(request: CompletedRequest): void {
    if (!this.lines.isEnabled || this.isSilenced(request)) return;
    this.lines.write('request completed', {
      listener: request.listener,
      method: request.method,
      path: request.path,
      query: this.shownQuery(request.rawQuery),
      status: request.status,
      duration_ms: Math.round(request.durationMs * 100) / 100,
      request_id: request.requestId,
      trace_id: request.traceId,
      remote: request.remoteAddress,
    });
  }

  /** A query may hold challenges, hints and tokens: it is logged only where the operator configured that. */
  private shownQuery(rawQuery: string): string | undefined {
    const { leak_sensitive_values: leak, redaction_text: text } = this.config.current.log;
    return rawQuery === '' || leak ? rawQuery || undefined : text;
  }

  private isSilenced({ listener, path }: CompletedRequest): boolean {
    return this.config.current.serve[listener].request_log.disable_for_health && isProbe(path);
  }
}
