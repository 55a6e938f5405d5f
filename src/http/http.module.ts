/**
 * The room of HTTP: the two listeners, the exchange that endpoints see, replies and error replies, cookies, CORS,
 * pagination and the guarded client for outbound requests. It knows no client, no token and no flow: what needs such
 * knowledge (the origins of a client) comes in as a function. It must not import any room of the domain.
 */
import { Global, Module } from '@nestjs/common';
import { Cookies } from './cookies.js';
import { Outbound } from './outbound.js';
import { Pagination } from './pagination.js';

@Global()
@Module({ providers: [Cookies, Outbound, Pagination], exports: [Cookies, Outbound, Pagination] })
export class HttpModule {}
