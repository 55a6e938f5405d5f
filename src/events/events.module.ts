/**
 * The room of events: one port, `Events`, that every room may publish to and that audit lines, metrics and webhooks
 * subscribe to. It holds nothing, stores nothing and decides nothing, and must not import any room of the domain.
 */
import { Global, Module } from '@nestjs/common';
import { Events } from './events.js';

@Global()
@Module({ providers: [Events], exports: [Events] })
export class EventsModule {}
