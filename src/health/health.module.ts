/**
 * The room of health: whether this process is alive, whether it can serve requests, its version, and what is
 * measured of it. Ready means: not
 * shutting down, the database answers, its migrations are applied. The flow store is no condition: without it client
 * credentials, refresh and introspection go on, and browser flows answer 503 themselves. This room only looks; it must
 * not repair, and it must not import any room of the domain.
 */
import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { HealthEndpoint } from './health.endpoint.js';
import { MetricsController } from './metrics.controller.js';
import { Readiness } from './readiness.js';
import { StoreMetrics } from './store-metrics.js';
import { VersionController } from './version.controller.js';

@Module({
  controllers: [HealthController, VersionController, MetricsController],
  providers: [HealthEndpoint, Readiness, StoreMetrics],
  exports: [HealthEndpoint],
})
export class HealthModule {}
