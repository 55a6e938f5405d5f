/**
 * The room of login and consent: the challenge protocol between this server, the browser, and the apps that decide who a
 * person is and what they grant; login sessions, remembered consents, subject identifiers, logout. It owns the tables
 * login_session, consent, forced_subject and logout_delivery, and the flows of login, consent and logout.
 *
 * It issues nothing and knows no token: what was granted leaves it as plain data (Granted). It must not import `oauth2`.
 */
import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { ClientReceiver } from './back-channel/client-receiver.js';
import { DeliveryMetrics } from './back-channel/delivery-metrics.js';
import { IdentityProviderReceiver } from './back-channel/identity-provider-receiver.js';
import { LogoutAttempt } from './back-channel/logout-attempt.js';
import { LogoutCourier } from './back-channel/logout-courier.js';
import { LogoutDeliveries } from './back-channel/logout-deliveries.js';
import { LogoutDeliveriesController } from './back-channel/logout-deliveries.controller.js';
import { LogoutTokens } from './back-channel/logout-tokens.js';
import { ConsentRequests } from './consent/consent-requests.js';
import { ConsentRequestsEndpoint } from './consent/consent-requests.endpoint.js';
import { ConsentRequestsController } from './consent/consent-requests.controller.js';
import { ConsentStep } from './consent/consent-step.js';
import { Consents } from './consent/consents.js';
import { BrowserBinding } from './flow/browser-binding.js';
import { FlowEnding } from './flow/flow-ending.js';
import { FlowRepository } from './flow/flow-repository.js';
import { FlowRequests } from './flow/flow-requests.js';
import { Handles } from './handles.js';
import { InteractionDispatcher } from './interaction-dispatcher.js';
import { LoginJudgement } from './login/login-judgement.js';
import { LoginRequests } from './login/login-requests.js';
import { LoginRequestsEndpoint } from './login/login-requests.endpoint.js';
import { LoginRequestsController } from './login/login-requests.controller.js';
import { LoginStart } from './login/login-start.js';
import { LoginStep } from './login/login-step.js';
import { FrontChannel } from './logout/front-channel.js';
import { LogoutFinish } from './logout/logout-finish.js';
import { LogoutFlows } from './logout/logout-flow.js';
import { LogoutHints } from './logout/logout-hint.js';
import { LogoutRequestReader } from './logout/logout-request-reader.js';
import { LogoutRequests } from './logout/logout-requests.js';
import { LogoutRequestsController } from './logout/logout-requests.controller.js';
import { LogoutStart } from './logout/logout-start.js';
import { BrowserSession } from './sessions/browser-session.js';
import { ConsentRevocation } from './sessions/consent-revocation.js';
import { ConsentSessionsController } from './sessions/consent-sessions.controller.js';
import { LoginSessions } from './sessions/login-sessions.js';
import { LoginSessionsController } from './sessions/login-sessions.controller.js';
import { SessionEnd } from './sessions/session-end.js';
import { SessionList } from './sessions/session-list.js';
import { SessionSettlement } from './sessions/session-settlement.js';
import { SubjectIdentifiers } from './subjects/subject-identifiers.js';

const FLOW = [BrowserBinding, FlowEnding, FlowRepository, FlowRequests, Handles, InteractionDispatcher];
const LOGIN = [LoginJudgement, LoginRequests, LoginRequestsEndpoint, LoginStart, LoginStep];
const CONSENT = [ConsentRequests, ConsentRequestsEndpoint, ConsentStep, Consents];
const SESSIONS = [
  BrowserSession,
  ConsentRevocation,
  LoginSessions,
  SessionEnd,
  SessionList,
  SessionSettlement,
  SubjectIdentifiers,
];
const LOGOUT = [FrontChannel, LogoutFinish, LogoutFlows, LogoutHints, LogoutRequestReader, LogoutRequests, LogoutStart];
const BACK_CHANNEL = [
  ClientReceiver,
  DeliveryMetrics,
  IdentityProviderReceiver,
  LogoutAttempt,
  LogoutCourier,
  LogoutDeliveries,
  LogoutTokens,
];

@Module({
  imports: [ClientsModule, KeysModule],
  controllers: [
    LoginRequestsController,
    ConsentRequestsController,
    LogoutRequestsController,
    ConsentSessionsController,
    LoginSessionsController,
    LogoutDeliveriesController,
  ],
  providers: [...FLOW, ...LOGIN, ...CONSENT, ...SESSIONS, ...LOGOUT, ...BACK_CHANNEL],
  exports: [
    BrowserBinding,
    Consents,
    Handles,
    InteractionDispatcher,
    LoginSessions,
    LogoutFinish,
    LogoutStart,
    SessionEnd,
    SubjectIdentifiers,
  ],
})
export class ConsentModule {}
