import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { ConsentPolicy } from '../consent/consent-policy.js';
import type { AcceptedLogin, AskedConsent, Flow } from '../flow/flow.js';
import type { Visit } from '../flow/flow-ending.js';
import { refuseLogin } from '../prompt/prompt-policy.js';
import { secondsOf } from '../seconds.js';
import { LoginSessions } from '../sessions/login-sessions.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';

/** Whether the login does for the request, and what consent is asked with. */
@Injectable()
export class LoginJudgement {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly subjects: SubjectIdentifiers,
    private readonly consents: ConsentPolicy,
    private readonly config: ConfigHolder,
  ) {}

  /** An error is for the client and ends the flow. */
  async judge(
    flow: Flow,
    answer: AcceptedLogin,
    { client, exchange }: Visit,
  ): Promise<AskedConsent | OAuthError | 'session ended'> {
    const authTime = await this.authTime(flow, answer, exchange.arrivedAt);
    if (authTime === undefined) return 'session ended';
    const { subject } = answer;
    const subjectIdentifier = await this.subjects.identify(client, subject, answer.forceSubjectIdentifier);
    const refusal = refuseLogin({
      ...{ request: flow.request, client, authTime, names: [subject, subjectIdentifier] },
      requestedAt: secondsOf(new Date(flow.requestedAt)),
      now: secondsOf(exchange.arrivedAt),
      dev: this.config.current.dev,
    });
    if (refusal) return refusal;
    const skip = await this.consents.maySkip(flow.request, client, subject, exchange.arrivedAt);
    return typeof skip === 'boolean' ? { skip, subject, subjectIdentifier, authTime } : skip;
  }

  /** Seconds since 1970: of this login, or of the session that it was skipped with, if that still counts. */
  private async authTime({ login }: Flow, answer: AcceptedLogin, now: Date): Promise<number | undefined> {
    if (!login.skip) return answer.answeredAt;
    const session = await this.sessions.findUsable(login.sessionId, now);
    return session?.subject === login.subject ? secondsOf(session.authenticatedAt) : undefined;
  }
}
