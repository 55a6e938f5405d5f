/** The end of a flow without a grant, and the response to a later request with its verifiers. */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { NewRecord } from '../../flow-store/flows.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { consentRequired, loginRequired, type OAuthError } from '../../protocol/oauth-error.js';
import type { Granted } from '../consents/granted.js';
import type { EndedBasis, RedirectInteraction } from './interaction.js';
import { LoginStart } from './login-start.js';
import { BrowserSession } from '../sessions/browser-session.js';
import type { FlowEnd, FlowError } from '../flow/flow.js';
import { fromFlowError, toFlowError } from '../flow/flow-error.js';
import { type Decision, FlowRepository, type StoredFlow } from '../flow/flow-repository.js';

/** The record that the issuing module stores in the same step that ends a flow with a grant. */
export type AlsoPut = (granted: Granted) => NewRecord | undefined;

const NOT_ASKED: Record<EndedBasis, () => OAuthError> = {
  'session ended': () => loginRequired('The login session has ended meanwhile.'),
  'consent revoked': () => consentRequired('The consent that was remembered has been revoked meanwhile.'),
};

/** The client and the request of the browser in a step of the flow. */
export interface InteractionContext {
  client: RegisteredClient;
  exchange: Exchange;
  alsoPut?: AlsoPut;
}

@Injectable()
export class FlowEnding {
  constructor(
    private readonly flows: FlowRepository,
    private readonly logins: LoginStart,
    private readonly session: BrowserSession,
  ) {}

  /** Ends the flow with an error for the client. @throws OAuthError this error, unless the flow has changed meanwhile */
  async fail(stored: StoredFlow, error: FlowError): Promise<'retry'> {
    if (await this.end(stored, { kind: 'failed', error })) throw fromFlowError(error);
    return 'retry';
  }

  /**
   * The session or consent of the flow has ended: the request continues as a new flow, with a fresh login if it was the
   * session. @throws OAuthError login_required or consent_required for `prompt=none`
   */
  async restart(
    stored: StoredFlow,
    endedBasis: EndedBasis,
    context: InteractionContext,
  ): Promise<Decision<RedirectInteraction>> {
    const { request, login } = stored.flow;
    if (request.prompt.includes('none')) return this.fail(stored, toFlowError(NOT_ASKED[endedBasis]()));
    const sessionEnded = endedBasis === 'session ended';
    const begin = sessionEnded ? this.logins.restart.bind(this.logins) : this.logins.begin.bind(this.logins);
    const { flowId, interaction } = await begin(request, context.client, context.exchange);
    if (!(await this.end(stored, { kind: 'restarted', flowId }))) return 'retry';
    const forget = sessionEnded ? this.session.forget(context.exchange, login.sessionId) : [];
    return { done: { ...interaction, cookies: [...interaction.cookies, ...forget] } };
  }

  /** The response to a repeated verifier of a flow that ended without a grant. @throws OAuthError the error of the flow */
  repeat({ flow }: StoredFlow, end: Exclude<FlowEnd, { kind: 'granted' }>): RedirectInteraction {
    if (end.kind === 'failed') throw fromFlowError(end.error);
    return { kind: 'redirect', location: this.logins.location(flow.request, end.flowId), cookies: [] };
  }

  private async end(stored: StoredFlow, end: FlowEnd): Promise<boolean> {
    return (await this.flows.move(stored, { ...stored.flow, state: 'ended', end })) !== undefined;
  }
}
