/**
 * The health module: whether this process is alive, whether it can serve requests, its version, and its metrics. Ready means:
 * not shutting down, the database takes writes, its migrations are applied, and the checks of the domain modules
 * (ReadinessChecks) pass. The flow store is not a condition: without it client credentials, refresh and introspection still
 * work, and browser flows answer 503 themselves. This module only observes; it must not repair, and it must not import a
 * module of the domain.
 */
import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { Readiness } from './readiness.js';
import { ReadinessChecksModule } from './readiness-checks.module.js';
import { StoreMetrics } from './store-metrics.js';
import { VersionController } from './version.controller.js';

@Module({
  imports: [ReadinessChecksModule],
  controllers: [HealthController, VersionController, MetricsController],
  providers: [Readiness, StoreMetrics],
})
export class HealthModule {}
