/**
 * The authorization endpoint: it reads and checks requests, hands the browser to `consent`, and sends responses to
 * clients. It must not know the steps of login and consent, nor store anything: flows belong to consent, codes and tokens
 * to issuance. Nothing is sent to a redirect URI that is not proven to be the client's.
 */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../../clients/clients.module.js';
import { ConsentModule } from '../../consent/consent.module.js';
import { JwtModule } from '../../jwt/jwt.module.js';
import { KeysModule } from '../../keys/keys.module.js';
import { IssuanceModule } from '../issuance/issuance.module.js';
import { SenderConstraintModule } from '../sender-constraint/sender-constraint.module.js';
import { AuthorizationRequests } from './authorization-requests.js';
import { AuthorizeController } from './authorize.controller.js';
import { AuthorizeService } from './authorize.service.js';
import { AuthorizationResponses } from './authorization-responses.js';
import { GrantedResponses } from './granted-responses.js';
import { JwtResponses } from './jwt-responses.js';
import { PushedAuthorizationController } from './pushed/pushed-authorization.controller.js';
import { PushedAuthorizationService } from './pushed/pushed-authorization.service.js';
import { PushedProofs } from './pushed/pushed-proofs.js';
import { PushedRequests } from './pushed/pushed-requests.js';
import { PushedVisits } from './pushed/pushed-visits.js';
import { RequestDocuments } from './request-documents.js';
import { RequestObjects } from './request-objects.js';
import { ResumedFlows } from './resumed-flows.js';
import { AuthorizationResumption } from './authorization-resumption.js';

@Module({
  imports: [ClientsModule, ConsentModule, IssuanceModule, JwtModule, KeysModule, SenderConstraintModule],
  controllers: [AuthorizeController, PushedAuthorizationController],
  providers: [
    AuthorizationRequests,
    AuthorizeService,
    AuthorizationResponses,
    GrantedResponses,
    JwtResponses,
    PushedAuthorizationService,
    PushedProofs,
    PushedRequests,
    PushedVisits,
    RequestDocuments,
    RequestObjects,
    ResumedFlows,
    AuthorizationResumption,
  ],
})
export class AuthorizeModule {}
