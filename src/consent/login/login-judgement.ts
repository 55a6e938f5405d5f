import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { Consents } from '../consent/consents.js';
import type { AcceptedLogin, AskedConsent, Flow } from '../flow/flow.js';
import type { Visit } from '../flow/flow-ending.js';
import { maySkipConsent, refuseLogin } from '../prompt/prompt-policy.js';
import { secondsOf } from '../seconds.js';
import { LoginSessions } from '../sessions/login-sessions.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';

/** Whether the login does for the request, and what consent is asked with. */
@Injectable()
export class LoginJudgement {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly subjects: SubjectIdentifiers,
    private readonly consents: Consents,
    private readonly config: ConfigHolder,
  ) {}

  /** An error is for the client and ends the flow. */
  async judge(
    flow: Flow,
    answer: AcceptedLogin,
    { client, exchange }: Visit,
  ): Promise<AskedConsent | OAuthError | 'session ended'> {
    const { subject } = answer;
    const known = await this.known(flow, answer, { client, exchange });
    if (!known) return 'session ended';
    const { authTime, rememberedScope } = known;
    const subjectIdentifier = await this.subjects.identify(client, subject, answer.forceSubjectIdentifier);
    const refusal = refuseLogin({
      ...{ request: flow.request, client, authTime, names: [subject, subjectIdentifier] },
      requestedAt: secondsOf(new Date(flow.requestedAt)),
      now: secondsOf(exchange.arrivedAt),
      dev: this.config.current.dev,
    });
    if (refusal) return refusal;
    const scopeStrategy = this.config.current.strategies.scope;
    const skip = maySkipConsent({ request: flow.request, client, rememberedScope, scopeStrategy });
    return typeof skip === 'boolean' ? { skip, subject, subjectIdentifier, authTime } : skip;
  }

  /** Of this login, or of the session that it was skipped with; undefined where that does not count any more. */
  private async known(
    { login }: Flow,
    answer: AcceptedLogin,
    { client, exchange: { arrivedAt: now } }: Visit,
  ): Promise<{ authTime: number; rememberedScope?: string[] } | undefined> {
    if (!login.skip) {
      const rememberedScope = await this.consents.rememberedScope(answer.subject, client.key, now);
      return { authTime: answer.answeredAt, rememberedScope };
    }
    const { session, rememberedScope } = await this.sessions.use(login.sessionId, answer, client.key, now);
    if (session?.subject !== login.subject) return undefined;
    return { authTime: secondsOf(session.authenticatedAt), rememberedScope };
  }
}
