/**
 * The HTTP module: the two listeners, the exchange that endpoints get, replies and error replies, cookies, CORS, pagination
 * and the guarded client for outbound requests. It knows no client, token or flow: what needs such knowledge (the hot routes,
 * the origins of a client) is passed to `Listeners.open`. It must not import a module of the domain.
 */
import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { ObservabilityModule } from '../observability/observability.module.js';
import { Admission } from './listener/overload/admission.js';
import { Cookies } from './exchange/cookies.js';
import { Cors } from './listener/cors/cors.js';
import { Dispatcher } from './listener/dispatcher.js';
import { Documents } from './outbound/documents.js';
import { FaultPages } from './replies/fault-pages.js';
import { JsonBodies } from './exchange/json-bodies.js';
import { ListenerGuard } from './listener/listener.guard.js';
import { Listeners } from './listener/listeners.js';
import { OAuthExceptionFilter } from './listener/oauth-exception.filter.js';
import { Outbound } from './outbound/outbound.js';
import { Pagination } from './exchange/pagination.js';
import { RequestLog } from './listener/request-log.js';
import { RouteTable } from './listener/routes/route-table.js';
import { ShutdownState } from './listener/shutdown-state.js';
import { WebPages } from './listener/web-pages.js';

@Global()
@Module({
  imports: [DiscoveryModule, ObservabilityModule],
  providers: [
    Admission,
    Cookies,
    Cors,
    Dispatcher,
    Documents,
    FaultPages,
    JsonBodies,
    Listeners,
    Outbound,
    Pagination,
    RequestLog,
    RouteTable,
    ShutdownState,
    WebPages,
    { provide: APP_GUARD, useClass: ListenerGuard },
    { provide: APP_FILTER, useClass: OAuthExceptionFilter },
  ],
  exports: [Cookies, Documents, FaultPages, JsonBodies, Listeners, Outbound, Pagination, RouteTable, ShutdownState],
})
export class HttpModule {}
