/**
 * The token endpoint: one pipeline, and one file per grant type. It must not store anything itself: tokens belong to
 * issuance.
 */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { ConsentModule } from '../../consent/consent.module.js';
import { JwtModule } from '../../jwt/jwt.module.js';
import { TrustModule } from '../../trust/trust.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { SenderConstraintModule } from '../sender-constraint/sender-constraint.module.js';
import { GRANTS } from './grants/grant.js';
import { AccessWithoutGrant } from './grants/access-without-grant.js';
import { enabledGrants, GRANT_CLASSES } from './grants/index.js';
import { TrustedAssertions } from './grants/trusted-assertions.js';
import { ExchangedAccess } from './exchange/exchanged-access.js';
import { PresentedParties } from './exchange/presented-parties.js';
import { TokenChanges } from './token-changes.js';
import { TokenController } from './token.controller.js';
import { TokenResponses } from './token-responses.js';
import { TokenSenders } from './token-senders.js';
import { TokenService } from './token.service.js';

@Module({
  imports: [ClientsModule, JwtModule, TrustModule, ConsentModule, IssuanceModule, SenderConstraintModule],
  controllers: [TokenController],
  providers: [
    ...GRANT_CLASSES,
    { provide: GRANTS, useFactory: enabledGrants, inject: [ConfigHolder, ...GRANT_CLASSES] },
    AccessWithoutGrant,
    TrustedAssertions,
    PresentedParties,
    ExchangedAccess,
    TokenSenders,
    TokenChanges,
    TokenService,
    TokenResponses,
  ],
})
export class TokenModule {}
