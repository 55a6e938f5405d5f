/**
 * The room of observability: the program's log with Nest's way to it, and the metrics. It observes and never decides; it must not import
 * any room but configuration. `app.useLogger(app.get(NestLogger))` puts it in place of Nest's own.
 */
import { Global, Module } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { createLogger, LOGGER } from './logger.js';
import { HttpMetrics } from './http-metrics.js';
import { MetricsRegistry } from './metrics-registry.js';
import { NestLogger } from './nest-logger.js';

@Global()
@Module({
  providers: [
    { provide: LOGGER, useFactory: (config: ConfigHolder) => createLogger(config.current.log), inject: [ConfigHolder] },
    NestLogger,
    MetricsRegistry,
    HttpMetrics,
  ],
  exports: [LOGGER, NestLogger, MetricsRegistry, HttpMetrics],
})
export class ObservabilityModule {}
