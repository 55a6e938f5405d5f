/** The administration API's side of a flow: what an app reads and answers by its challenge. */
import { Injectable } from '@nestjs/common';
import { notFound, requestUnauthorized } from '../../protocol/oauth-error.js';
import { Handles } from '../handles.js';
import type { Flow } from './flow.js';
import { type Decision, FlowRepository, type StoredFlow } from './flow-repository.js';
import { verdict } from './flow-table.js';
import { withVerifier } from './request-url.js';

export type FlowStep = 'login' | 'consent';
type Act = 'read' | 'answer';

/** Where the app sends the browser: on with its answer, or, where it comes too late, back to the beginning. */
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

  /** @throws OAuthError 404 where the challenge is unknown, 401 where it has expired */
  async read(step: FlowStep, challenge: string, now: Date): Promise<{ kind: 'open'; flow: Flow; id: string } | Gone> {
    const stored = await this.find(step, 'read', challenge);
    const gone = judge(stored, step, 'read', now);
    return gone ?? { kind: 'open', flow: stored.flow, id: stored.id };
  }

  /**
   * Takes an answer; until the browser brings the verifier it may be replaced, and the verifier stays the same.
   * @param next the flow with the answer, or another address for the browser where the answer changes nothing
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
      if (!(await this.flows.move(stored, answered))) return 'look again';
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

/** Undefined: go on. */
function judge(stored: StoredFlow, step: FlowStep, act: Act, now: Date): Gone | undefined {
  const said = verdict(stored.flow.state, `${act}_${step}`);
  if (said === 'too_early') throw unknown(step);
  if (said === 'gone') return { kind: 'gone', redirectTo: stored.flow.request.requestUrl };
  if (stored.expiresAt > now) return undefined;
  throw requestUnauthorized(`The ${step} request has expired: send the browser to the application to start again.`);
}

function unknown(step: FlowStep) {
  return notFound(`The ${step} challenge is unknown: use the one that the browser brought, whole.`);
}
