/**
 * What we hand out and take back: grants, codes, access and refresh tokens, ID tokens, lifespans, hooks. It owns the
 * tables authorization_grant, refresh_chain and access_token. It must not know an endpoint: who asks, and how the answer
 * travels, is theirs.
 */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { KeysModule } from '../../keys/keys.module.js';
import { AccessTokenRows } from './access-token-rows.js';
import { AccessTokens } from './access-tokens.js';
import { AuthorizationCodes } from './authorization-codes.js';
import { AuthorizationIssuance } from './authorization-issuance.js';
import { CredentialNonces } from './credential-nonces.js';
import { DeviceAuthorizations } from './device-authorizations.js';
import { FrontChannelTokens } from './front-channel-tokens.js';
import { GrantRedemption } from './grant-redemption.js';
import { IdTokens } from './id-tokens.js';
import { JwtAccessTokens } from './jwt-access-tokens.js';
import { LiveGrants } from './live-grants.js';
import { RefreshTokens } from './refresh-tokens.js';
import { TokenHooks } from './token-hooks.js';

const SERVICES = [
  ...[AccessTokens, AuthorizationCodes, AuthorizationIssuance, CredentialNonces, DeviceAuthorizations, GrantRedemption],
  ...[IdTokens, LiveGrants, RefreshTokens, TokenHooks],
];

@Module({
  imports: [ClientsModule, KeysModule],
  providers: [...SERVICES, AccessTokenRows, FrontChannelTokens, JwtAccessTokens],
  exports: SERVICES,
})
export class IssuanceModule {}
