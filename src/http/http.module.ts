/**
 * The room of HTTP: the two listeners, the exchange that endpoints see, replies and error replies, cookies, CORS,
 * pagination and the guarded client for outbound requests. It knows no client, no token and no flow: what needs such
 * knowledge (the hot routes, the origins of a client) is handed to `Listeners.open`. It must not import any room of the
 * domain.
 */
import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { ObservabilityModule } from '../observability/observability.module.js';
import { Cookies } from './cookies.js';
import { Cors } from './cors.js';
import { Dispatcher } from './dispatcher.js';
import { FaultPages } from './fault-pages.js';
import { JsonBodies } from './json-bodies.js';
import { ListenerGuard } from './listener.guard.js';
import { Listeners } from './listeners.js';
import { OAuthExceptionFilter } from './oauth-exception.filter.js';
import { Outbound } from './outbound.js';
import { Pagination } from './pagination.js';
import { RequestLog } from './request-log.js';
import { ShutdownState } from './shutdown-state.js';

@Global()
@Module({
  imports: [ObservabilityModule],
  providers: [
    Cookies,
    Cors,
    Dispatcher,
    FaultPages,
    JsonBodies,
    Listeners,
    Outbound,
    Pagination,
    RequestLog,
    ShutdownState,
    { provide: APP_GUARD, useClass: ListenerGuard },
    { provide: APP_FILTER, useClass: OAuthExceptionFilter },
  ],
  exports: [Cookies, FaultPages, JsonBodies, Listeners, Outbound, Pagination, ShutdownState],
})
export class HttpModule {}
