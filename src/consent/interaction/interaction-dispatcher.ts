/**
 * The dispatcher of login and consent: it handles every request of a browser to the authorization endpoint and to the device
 * pages. The order for a request with a verifier is: find the flow, find the client (the caller does), check the browser,
 * check the expiry, change the flow; so a verifier in the wrong browser does no harm.
 */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { accessDenied, invalidClient, type OAuthError, requestUnauthorized } from '../../protocol/oauth-error.js';
import { ConsentStep } from './consent-step.js';
import { BrowserBinding } from '../flow/browser-binding.js';
import type { AlsoPut } from './flow-ending.js';
import { FlowRepository, type StoredFlow } from '../flow/flow-repository.js';
import { Handles } from '../flow/handles.js';
import type { GrantedInteraction, Interaction, EndedBasis, RedirectInteraction } from './interaction.js';
import { LoginStart } from './login-start.js';
import { LoginStep } from './login-step.js';

/** The flow of a verifier. */
export interface FoundFlow {
  request: AuthorizationRequest;
  clientKey: string;
  /** The step whose verifier was sent. */
  step: 'login' | 'consent';
  /** The app of this step has accepted the request. */
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

  /** Handles the first request of the browser. @param request validated @throws OAuthError for the client */
  async begin(
    request: AuthorizationRequest,
    client: RegisteredClient,
    exchange: Exchange,
  ): Promise<RedirectInteraction> {
    return (await this.logins.begin(request, client, exchange)).interaction;
  }

  /** The flow of a verifier; of two the login verifier counts. Undefined if it is unknown or forged. */
  async find(verifier: { login?: string; consent?: string }): Promise<FoundFlow | undefined> {
    const step = verifier.login !== undefined ? 'login' : 'consent';
    const id = this.handles.read(`${step}_verifier`, verifier[step] ?? '');
    const stored = id === undefined ? undefined : await this.flows.find(id, `bring_${step}_verifier`);
    if (!stored) return undefined;
    const { request, clientKey } = stored.flow;
    return { request, clientKey, step, isAccepted: stored.flow[`${step}Answer`]?.kind === 'accepted', stored };
  }

  /**
   * Handles a later request, with a verifier.
   * @param alsoPut the record to store in the step that ends the flow with a grant
   * @throws OAuthError for the client
   */
  async resume(
    found: FoundFlow,
    client: RegisteredClient,
    exchange: Exchange,
    alsoPut: AlsoPut = () => undefined,
  ): Promise<Interaction> {
    if (!client.isOf(found.clientKey)) {
      throw invalidClient('The client was deleted and registered again meanwhile: start again.');
    }
    this.binding.check(exchange, 'login_csrf', found.stored.flow.browser);
    if (found.stored.expiresAt <= exchange.arrivedAt) {
      throw requestUnauthorized(`The ${found.step} request has expired: start again from the application.`);
    }
    const context = { client, exchange, alsoPut };
    const step = found.step === 'login' ? this.loginStep : this.consentStep;
    return this.flows.decide<Interaction>(found.stored, (stored) => step.take(stored, context), unknownVerifier);
  }

  /** Called if the grant could not be issued because its session or consent had ended. @throws OAuthError for the client */
  restart(
    interaction: GrantedInteraction,
    endedBasis: EndedBasis,
    client: RegisteredClient,
    exchange: Exchange,
  ): Promise<RedirectInteraction> {
    return this.consentStep.restart(interaction, endedBasis, { client, exchange });
  }
}

function unknownVerifier(): OAuthError {
  return accessDenied('The verifier of login or consent is unknown: start again at the application.');
}
