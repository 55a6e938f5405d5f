/**
 * Login and consent: the challenge protocol between this server, the browser, and the apps that authenticate a person and
 * ask for consent; login sessions, remembered consents, subject identifiers, logout. It owns the tables login_session,
 * consent, forced_subject, logout_delivery and ciba_ping, and the flows of login, consent, logout and backchannel
 * authentication.
 *
 * flow/ stores the state of an authorization request, requests/ is the API of the apps, interaction/ handles the requests of
 * the browser, prompt/ decides whether to ask for login or consent. consents/, sessions/, subjects/ and back-channel/ own
 * one table each. ciba/ keeps the requests that a person answers on another device, and tells clients of the answer.
 *
 * It issues no tokens: its result is plain data (Granted). It must not import `oauth2`.
 */
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../clients/clients.module.js';
import { JwtModule } from '../jwt/jwt.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { ClientReceiver } from './back-channel/client-receiver.js';
import { DeliveryMetrics } from './back-channel/delivery-metrics.js';
import { IdentityProviderReceiver } from './back-channel/identity-provider-receiver.js';
import { LogoutAttempt } from './back-channel/logout-attempt.js';
import { LogoutDeliveryWorker } from './back-channel/logout-delivery-worker.js';
import { LogoutDeliveries } from './back-channel/logout-deliveries.js';
import { LogoutDeliveriesController } from './back-channel/logout-deliveries.controller.js';
import { LogoutDeliveryEntity } from './back-channel/logout-delivery.entity.js';
import { LogoutTokens } from './back-channel/logout-tokens.js';
import { CibaGrants } from './ciba/ciba-grants.js';
import { CibaPingEntity } from './ciba/ciba-ping.entity.js';
import { CibaRequests } from './ciba/ciba-requests.js';
import { PingAttempt } from './ciba/ping-attempt.js';
import { CibaPingWorker } from './ciba/ping-worker.js';
import { Pings } from './ciba/pings.js';
import { ConsentRequests } from './requests/consent-requests.js';
import { ConsentRequestsController } from './requests/consent-requests.controller.js';
import { ConsentStep } from './interaction/consent-step.js';
import { ConsentEntity } from './consents/consent.entity.js';
import { Consents } from './consents/consents.js';
import { BrowserBinding } from './flow/browser-binding.js';
import { FlowEnding } from './interaction/flow-ending.js';
import { NewFlows } from './flow/new-flows.js';
import { OpenFlows } from './flow/open-flows.js';
import { FlowRepository } from './flow/flow-repository.js';
import { FlowRequests } from './requests/flow-requests.js';
import { Handles } from './flow/handles.js';
import { InteractionDispatcher } from './interaction/interaction-dispatcher.js';
import { LoginEvaluation } from './interaction/login-evaluation.js';
import { LoginRequests } from './requests/login-requests.js';
import { LoginRequestsController } from './requests/login-requests.controller.js';
import { LoginStart } from './interaction/login-start.js';
import { LoginStep } from './interaction/login-step.js';
import { FrontChannel } from './logout/front-channel.js';
import { LogoutFinish } from './logout/logout-finish.js';
import { LogoutFlows } from './logout/logout-flow.js';
import { LogoutHints } from './logout/logout-hint.js';
import { LogoutRequestReader } from './logout/logout-request-reader.js';
import { LogoutRequests } from './logout/logout-requests.js';
import { LogoutRequestsController } from './logout/logout-requests.controller.js';
import { LogoutStart } from './logout/logout-start.js';
import { BrowserSession } from './sessions/browser-session.js';
import { ConsentRevocation } from './consents/consent-revocation.js';
import { ConsentSessionsController } from './consents/consent-sessions.controller.js';
import { LoginSessions } from './sessions/login-sessions.js';
import { LoginSessionsController } from './sessions/login-sessions.controller.js';
import { LoginSessionEntity } from './sessions/login-session.entity.js';
import { SessionEnd } from './sessions/session-end.js';
import { SessionList } from './sessions/session-list.js';
import { SessionEstablishment } from './interaction/session-establishment.js';
import { ForcedSubjectEntity } from './subjects/forced-subject.entity.js';
import { SubjectIdentifiers } from './subjects/subject-identifiers.js';

const ENTITIES = [LoginSessionEntity, ConsentEntity, ForcedSubjectEntity, LogoutDeliveryEntity, CibaPingEntity];
const FLOW = [BrowserBinding, FlowRepository, Handles, NewFlows, OpenFlows];
const REQUESTS = [ConsentRequests, FlowRequests, LoginRequests];
const CONSENTS = [ConsentRevocation, Consents];
const SESSIONS = [BrowserSession, LoginSessions, SessionEnd, SessionList, SubjectIdentifiers];
const INTERACTION = [
  ConsentStep,
  FlowEnding,
  InteractionDispatcher,
  LoginEvaluation,
  LoginStart,
  LoginStep,
  SessionEstablishment,
];
const LOGOUT = [FrontChannel, LogoutFinish, LogoutFlows, LogoutHints, LogoutRequestReader, LogoutRequests, LogoutStart];
const BACK_CHANNEL = [
  ClientReceiver,
  DeliveryMetrics,
  IdentityProviderReceiver,
  LogoutAttempt,
  LogoutDeliveryWorker,
  LogoutDeliveries,
  LogoutTokens,
];
const CIBA = [CibaGrants, CibaPingWorker, CibaRequests, PingAttempt, Pings];

@Module({
  imports: [TypeOrmModule.forFeature(ENTITIES), ClientsModule, JwtModule, KeysModule],
  controllers: [
    LoginRequestsController,
    ConsentRequestsController,
    LogoutRequestsController,
    ConsentSessionsController,
    LoginSessionsController,
    LogoutDeliveriesController,
  ],
  providers: [...FLOW, ...REQUESTS, ...CONSENTS, ...SESSIONS, ...INTERACTION, ...LOGOUT, ...BACK_CHANNEL, ...CIBA],
  exports: [
    OpenFlows,
    BrowserBinding,
    CibaGrants,
    CibaPingWorker,
    CibaRequests,
    Consents,
    Handles,
    InteractionDispatcher,
    LoginSessions,
    LogoutFinish,
    LogoutStart,
    Pings,
    SessionEnd,
    SubjectIdentifiers,
  ],
})
export class ConsentModule {}
