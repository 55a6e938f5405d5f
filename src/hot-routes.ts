/**
 * The routes that the listeners serve ahead of Express, as methods of controllers, whose decorators name the paths. Only
 * frequent routes belong here.
 */
import type { Type } from '@nestjs/common';
import { ClientsController } from './clients/administration/clients.controller.js';
import { ConsentRequestsController } from './consent/requests/consent-requests.controller.js';
import { LoginRequestsController } from './consent/requests/login-requests.controller.js';
import { HealthController } from './health/health.controller.js';
import { controllerRoutes, type Replying } from './http/listener/routes/controller-routes.js';
import type { HotRoute } from './http/exchange/exchange.js';
import { JwksController } from './keys/jwks.controller.js';
import { AuthorizeController } from './oauth2/authorize/authorize.controller.js';
import { PushedAuthorizationController } from './oauth2/authorize/pushed/pushed-authorization.controller.js';
import { DiscoveryController } from './oauth2/discovery/discovery.controller.js';
import { IntrospectionController } from './oauth2/introspection/introspection.controller.js';
import { RevocationController } from './oauth2/revocation/revocation.controller.js';
import { TokenController } from './oauth2/token/token.controller.js';
import { UserinfoController } from './oauth2/userinfo/userinfo.controller.js';

/** @param get returns the one instance of a class, as Nest's `app.get` does */
export function hotRoutes(get: <T>(type: Type<T>) => T): HotRoute[] {
  const of = <T extends object>(controller: Type<T>, ...names: Replying<T>[]): HotRoute[] =>
    names.flatMap((name) => controllerRoutes(controller, name, get(controller)));
  return [
    ...of(AuthorizeController, 'authorize', 'authorizeByForm'),
    ...of(PushedAuthorizationController, 'push'),
    ...of(TokenController, 'token'),
    ...of(RevocationController, 'revoke'),
    ...of(UserinfoController, 'get', 'post'),
    ...of(DiscoveryController, 'openid', 'oauth'),
    ...of(JwksController, 'publish'),
    ...of(HealthController, 'alive', 'ready'),
    ...of(IntrospectionController, 'introspect'),
    ...of(LoginRequestsController, 'read', 'accept'),
    ...of(ConsentRequestsController, 'read', 'accept'),
    ...of(ClientsController, 'list', 'create', 'get', 'replace'),
  ];
}
