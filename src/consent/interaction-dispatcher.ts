/**
 * The one dispatcher of the walk through login and consent: every visit of the browser to the authorization endpoint ends
 * here, for codes and devices alike. The order of a visit with a verifier is: find, client (the caller looks it up),
 * browser, expiry, transition; so a verifier in the wrong browser spoils nothing.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../clients/registered-client.js';
import type { Exchange } from '../http/exchange.js';
import type { AuthorizationRequest } from '../protocol/authorization-request.js';
import { accessDenied, invalidClient, type OAuthError, requestUnauthorized } from '../protocol/oauth-error.js';
import { ConsentStep } from './consent/consent-step.js';
import { BrowserBinding } from './flow/browser-binding.js';
import type { Beside } from './flow/flow-ending.js';
import { FlowRepository, type StoredFlow } from './flow/flow-repository.js';
import { Handles } from './handles.js';
import type { GrantedInteraction, Interaction, RedirectInteraction } from './interaction.js';
import { LoginStart } from './login/login-start.js';
import { LoginStep } from './login/login-step.js';

/** A flow that a verifier belongs to. */
export interface FoundFlow {
  request: AuthorizationRequest;
  clientKey: string;
  /** Which verifier was brought. */
  step: 'login' | 'consent';
  /** The app of this step accepted. */
  isAccepted: boolean;
  stored: StoredFlow;
}

@Injectable()
export class InteractionDispatcher {
  constructor(
    private readonly flows: FlowRepository,
    private readonly handles: Handles,
    private readonly binding: BrowserBinding,
    private readonly logins: LoginStart,
    private readonly loginStep: LoginStep,
    private readonly consentStep: ConsentStep,
  ) {}

  /** The first visit, with a validated request. @throws OAuthError for the client */
  async begin(
    request: AuthorizationRequest,
    client: RegisteredClient,
    exchange: Exchange,
  ): Promise<RedirectInteraction> {
    return (await this.logins.begin(request, client, exchange)).interaction;
  }

  /** The flow of a verifier; of two the login verifier counts. Undefined where it is unknown or forged. */
  async find(verifier: { login?: string; consent?: string }): Promise<FoundFlow | undefined> {
    const step = verifier.login !== undefined ? 'login' : 'consent';
    const id = this.handles.read(`${step}_verifier`, verifier[step] ?? '');
    const stored = id === undefined ? undefined : await this.flows.find(id, `bring_${step}_verifier`);
    if (!stored) return undefined;
    const { request, clientKey } = stored.flow;
    return { request, clientKey, step, isAccepted: stored.flow[`${step}Answer`]?.kind === 'accepted', stored };
  }

  /**
   * A later visit.
   * @param beside what is to be stored in the step that ends the flow with a grant
   * @throws OAuthError for the client
   */
  async resume(
    found: FoundFlow,
    client: RegisteredClient,
    exchange: Exchange,
    beside: Beside = () => undefined,
  ): Promise<Interaction> {
    if (client.key !== found.clientKey) {
      throw invalidClient('The client was deleted and registered again meanwhile: start again.');
    }
    this.binding.check(exchange, 'login_csrf', found.stored.flow.browser);
    if (found.stored.expiresAt <= exchange.arrivedAt) {
      throw requestUnauthorized(`The ${found.step} request has expired: start again from the application.`);
    }
    const visit = { client, exchange, beside };
    const step = found.step === 'login' ? this.loginStep : this.consentStep;
    return this.flows.decide<Interaction>(found.stored, (stored) => step.take(stored, visit), unknownVerifier);
  }

  /** What was granted could not be issued, because the session had ended. @throws OAuthError for the client */
  restart(interaction: GrantedInteraction, client: RegisteredClient, exchange: Exchange): Promise<RedirectInteraction> {
    return this.consentStep.restart(interaction, { client, exchange });
  }
}

function unknownVerifier(): OAuthError {
  return accessDenied('The verifier of login or consent is unknown: start again at the application.');
}
