/** How a flow ends before anything is granted, and what whoever comes back to an ended flow is told. */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { NewRecord } from '../../flow-store/flows.js';
import type { Exchange } from '../../http/exchange.js';
import { loginRequired } from '../../protocol/oauth-error.js';
import type { Granted } from '../granted.js';
import type { RedirectInteraction } from '../interaction.js';
import { LoginStart } from '../login/login-start.js';
import { BrowserSession } from '../sessions/browser-session.js';
import type { FlowEnd, FlowError } from './flow.js';
import { fromFlowError, toFlowError } from './flow-error.js';
import { type Decision, FlowRepository, type StoredFlow } from './flow-repository.js';

/** What whoever issues wants to have stored in the very step that ends a flow with a grant. */
export type Beside = (granted: Granted) => NewRecord | undefined;

/** Who came, and when. */
export interface Visit {
  client: RegisteredClient;
  exchange: Exchange;
  beside?: Beside;
}

@Injectable()
export class FlowEnding {
  constructor(
    private readonly flows: FlowRepository,
    private readonly logins: LoginStart,
    private readonly session: BrowserSession,
  ) {}

  /** Ends the flow with an error for the client. @throws OAuthError that one, unless the flow was moved meanwhile */
  async fail(stored: StoredFlow, error: FlowError): Promise<'look again'> {
    if (await this.end(stored, { kind: 'failed', error })) throw fromFlowError(error);
    return 'look again';
  }

  /**
   * The session behind the flow has ended: the same request goes on as a new flow with a fresh login.
   * @throws OAuthError login_required where nobody may be asked
   */
  async restart(stored: StoredFlow, { client, exchange }: Visit): Promise<Decision<RedirectInteraction>> {
    const { request, login } = stored.flow;
    const forget = this.session.forget(exchange, login.sessionId);
    if (request.prompt.includes('none')) {
      return this.fail(stored, toFlowError(loginRequired('The login session has ended meanwhile.')));
    }
    const { flowId, interaction } = await this.logins.restart(request, client, exchange);
    if (!(await this.end(stored, { kind: 'restarted', flowId }))) return 'look again';
    return { done: { ...interaction, cookies: [...interaction.cookies, ...forget] } };
  }

  /** What a flow that did not end with a grant answers to its verifiers from then on. @throws OAuthError its own */
  repeat({ flow }: StoredFlow, end: Exclude<FlowEnd, { kind: 'granted' }>): RedirectInteraction {
    if (end.kind === 'failed') throw fromFlowError(end.error);
    return { kind: 'redirect', location: this.logins.location(flow.request, end.flowId), cookies: [] };
  }

  private async end(stored: StoredFlow, end: FlowEnd): Promise<boolean> {
    return (await this.flows.move(stored, { ...stored.flow, state: 'ended', end })) !== undefined;
  }
}
