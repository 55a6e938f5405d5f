/**
 * The second visit, with the login verifier: judges the login, settles the session, and sends the browser to the consent
 * app. The flow moves before anything is written, so that a verifier brought again never revives a session.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { accessDenied, OAuthError } from '../../protocol/oauth-error.js';
import type { Flow } from '../flow/flow.js';
import { FlowEnding, type Visit } from '../flow/flow-ending.js';
import { toFlowError } from '../flow/flow-error.js';
import { type Decision, FlowRepository, type StoredFlow } from '../flow/flow-repository.js';
import { verdict } from '../flow/flow-table.js';
import { appUrl } from '../flow/request-url.js';
import { Handles } from '../handles.js';
import type { RedirectInteraction } from '../interaction.js';
import { SessionSettlement } from '../sessions/session-settlement.js';
import { LoginJudgement } from './login-judgement.js';

@Injectable()
export class LoginStep {
  constructor(
    private readonly judgement: LoginJudgement,
    private readonly settlement: SessionSettlement,
    private readonly ending: FlowEnding,
    private readonly flows: FlowRepository,
    private readonly handles: Handles,
    private readonly config: ConfigHolder,
  ) {}

  /** One try. @throws OAuthError for the client */
  async take(stored: StoredFlow, visit: Visit): Promise<Decision<RedirectInteraction>> {
    switch (verdict(stored.flow.state, 'bring_login_verifier')) {
      case 'proceed':
        return this.proceed(stored, visit);
      case 'repeat':
        return { done: await this.repeat(stored, visit) };
      default:
        throw accessDenied('The login of this flow was not answered yet: open its login challenge.');
    }
  }

  private async proceed(stored: StoredFlow, visit: Visit): Promise<Decision<RedirectInteraction>> {
    const { loginAnswer: answer } = stored.flow;
    if (answer?.kind !== 'accepted') return this.ending.fail(stored, answer?.error ?? UNANSWERED);
    const judged = await this.judgement.judge(stored.flow, answer, visit);
    if (judged === 'session ended') return this.ending.restart(stored, visit);
    if (judged instanceof OAuthError) {
      if (!(await this.flows.isCurrent(stored))) return 'look again'; // a session that is ended does not come back
      await this.settlement.refuse(judged, visit.exchange);
      return this.ending.fail(stored, toFlowError(judged));
    }
    const next: Flow = { ...stored.flow, state: 'consent_asked', consent: judged };
    const moved = await this.flows.move(stored, next);
    if (!moved) return 'look again';
    return { done: this.toConsent(stored, await this.settle(stored, moved, visit)) };
  }

  /** Writes what the login leaves behind; where that fails the flow waits for the same verifier again. */
  private async settle(before: StoredFlow, moved: StoredFlow, visit: Visit): Promise<string[]> {
    try {
      return await this.settlement.settle(moved.flow, visit);
    } catch (error) {
      await this.flows.move(moved, before.flow).catch(() => undefined); // what was thrown first tells more
      throw error;
    }
  }

  private async repeat(stored: StoredFlow, { exchange }: Visit): Promise<RedirectInteraction> {
    const { end } = stored.flow;
    if (end && end.kind !== 'granted') return this.ending.repeat(stored, end);
    return this.toConsent(stored, await this.settlement.giveAgain(stored.flow, exchange));
  }

  private toConsent({ id }: StoredFlow, cookies: string[]): RedirectInteraction {
    const { consent, self } = this.config.current.urls;
    const challenge = this.handles.make('consent_challenge', id);
    const location = appUrl({ address: consent, base: self.public }, { consent_challenge: challenge });
    return { kind: 'redirect', location, cookies };
  }
}

const UNANSWERED = toFlowError(accessDenied('The login was not accepted.'));
