/**
 * The routes that the listeners serve ahead of Express: each calls the endpoint that its controller calls, so that no
 * rule exists twice. Only what is asked for often stands here.
 */
import type { Type } from '@nestjs/common';
import { ClientsEndpoint } from './clients/administration/clients.endpoint.js';
import { ConsentRequestsEndpoint } from './consent/consent/consent-requests.endpoint.js';
import { LoginRequestsEndpoint } from './consent/login/login-requests.endpoint.js';
import { HealthEndpoint } from './health/health.endpoint.js';
import type { HotRoute } from './http/exchange.js';
import { lastSegment } from './http/request-path.js';
import { JwksEndpoint } from './keys/jwks.endpoint.js';
import { AuthorizeEndpoint } from './oauth2/authorize/authorize.endpoint.js';
import { DiscoveryEndpoint } from './oauth2/discovery/discovery.endpoint.js';
import { IntrospectionEndpoint } from './oauth2/introspection/introspection.endpoint.js';
import { RevocationEndpoint } from './oauth2/revocation/revocation.endpoint.js';
import { TokenEndpoint } from './oauth2/token/token.endpoint.js';
import { UserinfoEndpoint } from './oauth2/userinfo/userinfo.endpoint.js';

type Route = [listener: HotRoute['listener'], method: string, path: string, endpoint: HotRoute['endpoint']];

/** @param get gives the one instance of a class, as Nest's `app.get` does */
export function hotRoutes(get: <T>(type: Type<T>) => T): HotRoute[] {
  const [health, token, revocation] = [get(HealthEndpoint), get(TokenEndpoint), get(RevocationEndpoint)];
  const [discovery, jwks, userinfo] = [get(DiscoveryEndpoint), get(JwksEndpoint), get(UserinfoEndpoint)];
  const [authorize, introspection] = [get(AuthorizeEndpoint), get(IntrospectionEndpoint)];
  const [clients, logins, consents] = [get(ClientsEndpoint), get(LoginRequestsEndpoint), get(ConsentRequestsEndpoint)];
  const routes: Route[] = [
    ['public', 'GET', '/oauth2/auth', (e) => authorize.handle(e)],
    ['public', 'POST', '/oauth2/auth', (e) => authorize.handle(e)],
    ['public', 'POST', '/oauth2/token', (e) => token.handle(e)],
    ['public', 'POST', '/oauth2/revoke', (e) => revocation.handle(e)],
    ['public', 'GET', '/userinfo', (e) => userinfo.handle(e)],
    ['public', 'POST', '/userinfo', (e) => userinfo.handle(e)],
    ['public', 'GET', '/.well-known/openid-configuration', (e) => discovery.handle(e)],
    ['public', 'GET', '/.well-known/oauth-authorization-server', (e) => discovery.handle(e)],
    ['public', 'GET', '/.well-known/jwks.json', (e) => jwks.handle(e)],
    ['public', 'GET', '/health/alive', (e) => health.alive(e)],
    ['public', 'GET', '/health/ready', (e) => health.ready(e)],
    ['admin', 'POST', '/admin/oauth2/introspect', (e) => introspection.handle(e)],
    ['admin', 'GET', '/admin/oauth2/auth/requests/login', (e) => logins.read(e)],
    ['admin', 'PUT', '/admin/oauth2/auth/requests/login/accept', (e) => logins.accept(e)],
    ['admin', 'GET', '/admin/oauth2/auth/requests/consent', (e) => consents.read(e)],
    ['admin', 'PUT', '/admin/oauth2/auth/requests/consent/accept', (e) => consents.accept(e)],
    ['admin', 'GET', '/admin/clients', (e) => clients.list(e)],
    ['admin', 'POST', '/admin/clients', (e) => clients.create(e)],
    ['admin', 'GET', '/admin/clients/{param}', (e) => clients.get(lastSegment(e.path))],
    ['admin', 'PUT', '/admin/clients/{param}', (e) => clients.replace(lastSegment(e.path), e)],
    ['admin', 'GET', '/admin/health/alive', (e) => health.alive(e)],
    ['admin', 'GET', '/admin/health/ready', (e) => health.ready(e)],
  ];
  return routes.map(([listener, method, path, endpoint]) => ({ listener, method, path, name: path, endpoint }));
}
