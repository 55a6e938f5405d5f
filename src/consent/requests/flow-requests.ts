/** The admin API of a flow: an app reads and answers its request by the challenge. */
import { Injectable } from '@nestjs/common';
import { notFound } from '../../protocol/admin-error.js';
import { Handles } from '../flow/handles.js';
import type { Flow } from '../flow/flow.js';
import { type Decision, FlowRepository, type StoredFlow } from '../flow/flow-repository.js';
import { verdict } from '../flow/flow-table.js';
import { withoutSecrets, withVerifier } from '../flow/request-url.js';

export type FlowStep = 'login' | 'consent';
type Act = 'read' | 'answer';

/** The redirect for the browser: to the next step, or, if the answer is too late, to the original request. */
export type Answered = { kind: 'answered'; redirectTo: string } | Gone;

export interface Gone {
  kind: 'gone';
  redirectTo: string;
}

@Injectable()
export class FlowRequests {
  constructor(
    private readonly flows: FlowRepository,
    private readonly handles: Handles,
  ) {}

  /** `gone` if the flow has ended or expired. @throws OAuthError 404 if the challenge is unknown */
  async read(step: FlowStep, challenge: string, now: Date): Promise<{ kind: 'open'; flow: Flow; id: string } | Gone> {
    const stored = await this.find(step, 'read', challenge);
    const gone = judge(stored, step, 'read', now);
    return gone ?? { kind: 'open', flow: stored.flow, id: stored.id };
  }

  /**
   * Stores an answer. Until the browser sends the verifier, a new answer may replace it; the verifier stays the same.
   * @param next returns the flow with the answer, or another redirect if the answer is not stored
   * @throws OAuthError as `read`
   */
  async answer(
    step: FlowStep,
    challenge: string,
    now: Date,
    next: (flow: Flow) => Promise<Flow | { redirectTo: string }>,
  ): Promise<Answered> {
    const found = await this.find(step, 'answer', challenge);
    const decide = async (stored: StoredFlow): Promise<Decision<Answered>> => {
      const gone = judge(stored, step, 'answer', now);
      if (gone) return { done: gone };
      const answered = await next(stored.flow);
      if ('redirectTo' in answered) return { done: { kind: 'answered', ...answered } };
      if (!(await this.flows.move(stored, answered))) return 'retry';
      const name = `${step}_verifier` as const;
      const redirectTo = withVerifier(stored.flow.request.requestUrl, name, this.handles.make(name, stored.id));
      return { done: { kind: 'answered', redirectTo } };
    };
    return this.flows.decide(found, decide, () => unknown(step));
  }

  private async find(step: FlowStep, act: Act, challenge: string): Promise<StoredFlow> {
    const id = this.handles.read(`${step}_challenge`, challenge);
    const stored = id === undefined ? undefined : await this.flows.find(id, `${act}_${step}`);
    if (!stored) throw unknown(step);
    return stored;
  }
}

/** Undefined if the app may continue. @throws OAuthError 404 if the step has not been reached */
function judge(stored: StoredFlow, step: FlowStep, act: Act, now: Date): Gone | undefined {
  const judged = verdict(stored.flow.state, `${act}_${step}`);
  if (judged === 'too_early') throw unknown(step);
  if (judged === 'proceed' && stored.expiresAt > now) return undefined;
  return { kind: 'gone', redirectTo: withoutSecrets(stored.flow.request.requestUrl) };
}

function unknown(step: FlowStep) {
  return notFound(`The ${step} challenge is unknown: use the one that the browser brought, whole.`);
}
