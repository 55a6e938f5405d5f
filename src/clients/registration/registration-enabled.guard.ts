import { type CanActivate, Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { resourceNotFound } from '../../protocol/admin-error.js';

/** Self-registration is off by default: then these routes do not exist. */
@Injectable()
export class RegistrationEnabledGuard implements CanActivate {
  constructor(private readonly config: ConfigHolder) {}

  canActivate(): boolean {
    if (this.config.current.oidc.dynamic_client_registration.enabled) return true;
    throw resourceNotFound('Dynamic client registration is off on this server.');
  }
}
