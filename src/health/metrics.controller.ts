import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { MetricsRegistry } from '../observability/metrics-registry.js';
import { Reply } from '../http/replies/reply.js';

/** GET /admin/metrics/prometheus, for scrapers. */
@ApiExcludeController()
@Controller('admin/metrics/prometheus')
export class MetricsController {
  constructor(private readonly metrics: MetricsRegistry) {}

  @Get()
  async get(): Promise<Reply> {
    const { contentType, text } = await this.metrics.exposition();
    return new Reply(200, { 'content-type': contentType }, text);
  }
}
