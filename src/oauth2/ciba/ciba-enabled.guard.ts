import { type CanActivate, Injectable, NotFoundException } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';

/** Without oidc.ciba.enabled the routes do not exist: an unknown path gets the same answer, whatever the request holds. */
@Injectable()
export class CibaEnabledGuard implements CanActivate {
  constructor(private readonly config: ConfigHolder) {}

  canActivate(): boolean {
    if (this.config.current.oidc.ciba.enabled) return true;
    throw new NotFoundException();
  }
}
