/**
 * Events: every module may publish to the class `Events`; the audit log, metrics and webhooks subscribe to it. This module
 * keeps no state beyond counters, stores nothing and decides nothing. It must not import any module of the domain.
 */
import { Global, Module } from '@nestjs/common';
import { Events } from './events.js';

@Global()
@Module({ providers: [Events], exports: [Events] })
export class EventsModule {}
