/** The OAuth 2.0 and OpenID Connect endpoints, one module each. They share `issuance` and never import each other. */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { AuthorizationGrantsModule } from './authorization-grants/authorization-grants.module.js';
import { AuthorizeModule } from './authorize/authorize.module.js';
import { CibaModule } from './ciba/ciba.module.js';
import { ClientOriginsOfRequest } from './client-origins.js';
import { CredentialsModule } from './credentials/credentials.module.js';
import { DeviceModule } from './device/device.module.js';
import { DiscoveryModule } from './discovery/discovery.module.js';
import { FallbacksModule } from './fallbacks/fallbacks.module.js';
import { IntrospectionModule } from './introspection/introspection.module.js';
import { IssuanceModule } from './issuance/issuance.module.js';
import { LogoutModule } from './logout/logout.module.js';
import { ProtectedResourcesModule } from './protected-resources/protected-resources.module.js';
import { RevocationModule } from './revocation/revocation.module.js';
import { TokenModule } from './token/token.module.js';
import { UserinfoModule } from './userinfo/userinfo.module.js';

@Module({
  imports: [
    ClientsModule,
    IssuanceModule,
    AuthorizeModule,
    TokenModule,
    DeviceModule,
    CibaModule,
    IntrospectionModule,
    RevocationModule,
    AuthorizationGrantsModule,
    UserinfoModule,
    CredentialsModule,
    LogoutModule,
    DiscoveryModule,
    ProtectedResourcesModule,
    FallbacksModule,
  ],
  providers: [ClientOriginsOfRequest],
  exports: [ClientOriginsOfRequest],
})
export class OAuth2Module {}
