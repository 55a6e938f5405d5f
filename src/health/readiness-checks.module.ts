/** Separate from the health module, so that a module which registers a check needs nothing else of it. */
import { Module } from '@nestjs/common';
import { ReadinessChecks } from './readiness-checks.js';

@Module({ providers: [ReadinessChecks], exports: [ReadinessChecks] })
export class ReadinessChecksModule {}
