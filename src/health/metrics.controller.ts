import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { respond } from '../http/replies.js';
import { MetricsRegistry } from '../observability/metrics-registry.js';

/** GET /admin/metrics/prometheus, for scrapers. */
@ApiExcludeController()
@Controller('admin/metrics/prometheus')
export class MetricsController {
  constructor(private readonly metrics: MetricsRegistry) {}

  @Get()
  async get(@Res() response: Response): Promise<void> {
    const { contentType, text } = await this.metrics.exposition();
    respond(response, { status: 200, headers: { 'content-type': contentType }, body: text });
  }
}
