/**
 * Issuing and revoking: grants, codes, access and refresh tokens, ID tokens, lifespans, hooks. This module owns the tables
 * authorization_grant, refresh_chain, access_token, imported_refresh_token, delegation and ended_source. It must not know an
 * endpoint: the endpoints authenticate the request and write the response.
 */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../../clients/clients.module.js';
import { JwtModule } from '../../jwt/jwt.module.js';
import { KeysModule } from '../../keys/keys.module.js';
import { SenderConstraintModule } from '../sender-constraint/sender-constraint.module.js';
import { AccessTokenEntity } from './access-token.entity.js';
import { AccessTokenRows } from './access-token-rows.js';
import { AccessTokens } from './access-tokens.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { AuthorizationGrantEntity } from './authorization-grant.entity.js';
import { AuthorizationIssuance } from './authorization-issuance.js';
import { CredentialNonces } from './credential-nonces.js';
import { DelegationEntity } from './delegation.entity.js';
import { DeviceAuthorizations } from './device-authorizations.js';
import { EndedSourceEntity } from './ended-source.entity.js';
import { ExchangedTokens } from './exchanged-tokens.js';
import { FreshClients } from './fresh-clients.js';
import { FrontChannelTokens } from './front-channel-tokens.js';
import { GrantRedemption } from './grant-redemption.js';
import { IdTokens } from './id-tokens.js';
import { ImportedRefreshTokenEntity } from './imported-refresh-token.entity.js';
import { ImportedTokens } from './imported-tokens.js';
import { JwtAccessTokens } from './jwt-access-tokens.js';
import { LiveGrants } from './live-grants.js';
import { PresentedTokens } from './presented-tokens.js';
import { RecentUses } from './recent-uses.js';
import { RefreshChainEntity } from './refresh-chain.entity.js';
import { RefreshTokens } from './refresh-tokens.js';
import { TokenHooks } from './token-hooks.js';

const SERVICES = [
  ...[AccessTokens, AuthorizationCodes, AuthorizationIssuance, CredentialNonces, DeviceAuthorizations, FreshClients],
  ExchangedTokens,
  ...[GrantRedemption, IdTokens, LiveGrants, PresentedTokens, RefreshTokens, TokenHooks],
];

@Module({
  imports: [
    TypeOrmModule.forFeature([
      AuthorizationGrantEntity,
      RefreshChainEntity,
      AccessTokenEntity,
      ImportedRefreshTokenEntity,
      DelegationEntity,
      EndedSourceEntity,
    ]),
    ClientsModule,
    JwtModule,
    KeysModule,
    SenderConstraintModule,
  ],
  providers: [...SERVICES, AccessTokenRows, FrontChannelTokens, ImportedTokens, JwtAccessTokens, RecentUses],
  exports: SERVICES,
})
export class IssuanceModule {}
