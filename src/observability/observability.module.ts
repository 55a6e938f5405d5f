/**
 * The observability module: the program's log with the adapter for Nest, and the metrics. It observes and never decides; it
 * must import only configuration. `app.useLogger(app.get(NestLogger))` replaces Nest's own logger.
 */
import { Global, Module } from '@nestjs/common';
import type { DestinationStream } from 'pino';
import { ConfigHolder } from '../config/config-holder.js';
import { AuditLog } from './audit-log.js';
import { EventMetrics } from './event-metrics.js';
import { GrantMetrics } from './grant-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import { LineLog } from './line-log.js';
import { LOG_SINK, standardOutput } from './log-sink.js';
import { createLogger, LOGGER } from './logger.js';
import { MetricsRegistry } from './metrics-registry.js';
import { NestLogger } from './nest-logger.js';

@Global()
@Module({
  providers: [
    { provide: LOG_SINK, useFactory: standardOutput },
    {
      provide: LOGGER,
      useFactory: (config: ConfigHolder, sink: DestinationStream) => createLogger(config.current.log, sink),
      inject: [ConfigHolder, LOG_SINK],
    },
    {
      provide: LineLog,
      useFactory: (config: ConfigHolder, sink: DestinationStream) => new LineLog(config.current.log, sink),
      inject: [ConfigHolder, LOG_SINK],
    },
    AuditLog,
    NestLogger,
    MetricsRegistry,
    EventMetrics,
    HttpMetrics,
    GrantMetrics,
  ],
  exports: [LOGGER, LineLog, NestLogger, MetricsRegistry, HttpMetrics, GrantMetrics],
})
export class ObservabilityModule {}
