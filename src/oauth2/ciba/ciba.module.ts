/**
 * Client-initiated backchannel authentication (CIBA Core 1.0): a client asks for a person, the operator's app asks the person on
 * a device of their own, and the client fetches its tokens at the token endpoint. The requests lie in the flow store
 * (consent/ciba); what the person granted is written by issuance.
 */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { ConsentModule } from '../../consent/consent.module.js';
import { JwtModule } from '../../jwt/jwt.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { BackchannelAuthenticationController } from './backchannel-authentication.controller.js';
import { BackchannelAuthenticationService } from './backchannel-authentication.service.js';
import { CibaAnswers } from './ciba-answers.js';
import { CibaClients } from './ciba-clients.js';
import { CibaEnabledGuard } from './ciba-enabled.guard.js';
import { CibaHook } from './ciba-hook.js';
import { CibaIssuance } from './ciba-issuance.js';
import { CibaRequestsController } from './ciba-requests.controller.js';
import { NewCibaRequests } from './new-ciba-requests.js';
import { SignedRequests } from './signed-requests.js';

@Module({
  imports: [ClientsModule, ConsentModule, IssuanceModule, JwtModule],
  controllers: [BackchannelAuthenticationController, CibaRequestsController],
  providers: [
    ...[BackchannelAuthenticationService, CibaAnswers, CibaClients, CibaEnabledGuard, CibaHook, CibaIssuance],
    ...[NewCibaRequests, SignedRequests],
  ],
})
export class CibaModule {}
