/**
 * The second request of the browser, with the login verifier: checks the login, writes the session, and redirects to the
 * consent app. The flow changes before the session is written, so that a repeated verifier never revives a session.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { accessDenied, OAuthError } from '../../protocol/oauth-error.js';
import type { Flow } from '../flow/flow.js';
import { FlowEnding, type InteractionContext } from './flow-ending.js';
import { toFlowError } from '../flow/flow-error.js';
import { type Decision, FlowRepository, type StoredFlow } from '../flow/flow-repository.js';
import { verdict } from '../flow/flow-table.js';
import { appUrl } from '../flow/request-url.js';
import { Handles } from '../flow/handles.js';
import type { RedirectInteraction } from './interaction.js';
import { SessionEstablishment } from './session-establishment.js';
import { LoginEvaluation } from './login-evaluation.js';

@Injectable()
export class LoginStep {
  constructor(
    private readonly evaluation: LoginEvaluation,
    private readonly establishment: SessionEstablishment,
    private readonly ending: FlowEnding,
    private readonly flows: FlowRepository,
    private readonly handles: Handles,
    private readonly config: ConfigHolder,
  ) {}

  /** Makes one try. @throws OAuthError for the client */
  async take(stored: StoredFlow, context: InteractionContext): Promise<Decision<RedirectInteraction>> {
    switch (verdict(stored.flow.state, 'bring_login_verifier')) {
      case 'proceed':
        return this.proceed(stored, context);
      case 'repeat':
        return { done: await this.repeat(stored, context) };
      default:
        throw accessDenied('The login of this flow was not answered yet: open its login challenge.');
    }
  }

  private async proceed(stored: StoredFlow, context: InteractionContext): Promise<Decision<RedirectInteraction>> {
    const { loginAnswer: answer } = stored.flow;
    if (answer?.kind === 'another person') return this.ending.restart(stored, 'session ended', context);
    if (answer?.kind !== 'accepted') return this.ending.fail(stored, answer?.error ?? UNANSWERED);
    const judged = await this.evaluation.evaluate(stored.flow, answer, context);
    if (judged === 'session ended') return this.ending.restart(stored, judged, context);
    if (judged instanceof OAuthError) {
      if (!(await this.flows.isCurrent(stored))) return 'retry'; // before the session ends, which cannot be undone
      await this.establishment.refuse(judged, context.exchange);
      return this.ending.fail(stored, toFlowError(judged));
    }
    const next: Flow = { ...stored.flow, state: 'consent_asked', consent: judged };
    const moved = await this.flows.move(stored, next);
    if (!moved) return 'retry';
    return { done: this.toConsent(stored, await this.establish(stored, moved, context)) };
  }

  /** Writes the session; if that fails, the flow goes back to its former state, so that the verifier can be sent again. */
  private async establish(before: StoredFlow, moved: StoredFlow, context: InteractionContext): Promise<string[]> {
    try {
      return await this.establishment.establish(moved.flow, context);
    } catch (error) {
      await this.flows.move(moved, before.flow).catch(() => undefined); // the first error matters more
      throw error;
    }
  }

  private async repeat(stored: StoredFlow, { exchange }: InteractionContext): Promise<RedirectInteraction> {
    const { end } = stored.flow;
    if (end && end.kind !== 'granted') return this.ending.repeat(stored, end);
    return this.toConsent(stored, await this.establishment.repeatCookie(stored.flow, exchange));
  }

  private toConsent({ id }: StoredFlow, cookies: string[]): RedirectInteraction {
    const { consent, self } = this.config.current.urls;
    const challenge = this.handles.make('consent_challenge', id);
    const location = appUrl({ address: consent, base: self.public }, { consent_challenge: challenge });
    return { kind: 'redirect', location, cookies };
  }
}

const UNANSWERED = toFlowError(accessDenied('The login was not accepted.'));
