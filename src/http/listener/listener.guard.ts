import { type CanActivate, type ExecutionContext, Injectable, NotFoundException } from '@nestjs/common';
import type { Request } from 'express';
import { exchangeOf } from '../exchange/http-exchange.js';
import { isHidden } from './routes/request-path.js';
import { isOnMutualTls } from './routes/route-places.js';

/**
 * A second barrier in front of the administration, and of all that the listener for mutual TLS does not serve: the first one checks the path as sent, this one the route that Express
 * found for it. A spelling that the first one missed still opens nothing on the public listener.
 */
@Injectable()
export class ListenerGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const { path } = request.route as { path: string };
    const { listener } = exchangeOf(request);
    if (isHidden(listener, path)) throw new NotFoundException();
    if (listener === 'mtls' && !isOnMutualTls(context.getClass(), context.getHandler())) throw new NotFoundException();
    return true;
  }
}
