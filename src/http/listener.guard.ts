import { type CanActivate, type ExecutionContext, Injectable, NotFoundException } from '@nestjs/common';
import type { Request } from 'express';
import { exchangeOf } from './http-exchange.js';
import { isHidden } from './request-path.js';

/**
 * The second door before the administration: the first looks at the path as it came, this one at the route that Express
 * found for it. A spelling that the first did not foresee still opens nothing on the public listener.
 */
@Injectable()
export class ListenerGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const { path } = request.route as { path: string };
    if (isHidden(exchangeOf(request).listener, path)) throw new NotFoundException();
    return true;
  }
}
