/**
 * The authorization endpoint: reads and judges requests, hands the browser to `consent`, and carries answers to clients.
 * It must not know how login and consent go, nor store anything: flows are consent's, what is issued is issuance's.
 * Nothing goes to a redirect URI that is not proven to be the client's.
 */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { ConsentModule } from '../../consent/consent.module.js';
import { KeysModule } from '../../keys/keys.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { AuthorizationRequests } from './authorization-requests.js';
import { AuthorizeController } from './authorize.controller.js';
import { AuthorizeEndpoint } from './authorize.endpoint.js';
import { ClientAnswers } from './client-answers.js';
import { GrantedAnswers } from './granted-answers.js';
import { IdTokenHints } from './id-token-hints.js';
import { RequestObjects } from './request-objects.js';
import { ReturningFlows } from './returning-flows.js';

@Module({
  imports: [ClientsModule, ConsentModule, IssuanceModule, KeysModule],
  controllers: [AuthorizeController],
  providers: [
    AuthorizationRequests,
    AuthorizeEndpoint,
    ClientAnswers,
    GrantedAnswers,
    IdTokenHints,
    RequestObjects,
    ReturningFlows,
  ],
  exports: [AuthorizeEndpoint],
})
export class AuthorizeModule {}
