import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { Consents, type RememberedConsent } from '../consents/consents.js';
import type { AcceptedLogin, AskedConsent, Flow } from '../flow/flow.js';
import { maySkipConsent } from '../prompt/may-skip-consent.js';
import { usesAcr } from '../prompt/asked-authentication.js';
import { refuseLogin } from '../prompt/refuse-login.js';
import { MAX_CLOCK_SKEW_SECONDS } from '../../protocol/clock-skew.js';
import { type LoginSession, LoginSessions } from '../sessions/login-sessions.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';
import type { InteractionContext } from './flow-ending.js';

interface KnownLogin {
  authTime: number;
  remembered?: RememberedConsent;
  /** Of the session, where the answer of the app has none. */
  acr?: string;
  amr?: string[];
}

/** Decides whether the login satisfies the request, and whether consent may be skipped. */
@Injectable()
export class LoginEvaluation {
  constructor(
    private readonly sessions: LoginSessions,
    private readonly subjects: SubjectIdentifiers,
    private readonly consents: Consents,
    private readonly config: ConfigHolder,
  ) {}

  /** A returned error is for the client and ends the flow. */
  async evaluate(
    flow: Flow,
    answer: AcceptedLogin,
    { client, exchange }: InteractionContext,
  ): Promise<AskedConsent | OAuthError | 'session ended'> {
    const { subject } = answer;
    const known = await this.known(flow, answer, { client, exchange });
    if (!known) return 'session ended';
    const { authTime, remembered, acr, amr } = known;
    const subjectIdentifier = await this.subjects.identify(client, subject, answer.forceSubjectIdentifier);
    const refusal = refuseLogin({
      ...{ request: flow.request, client, authTime, names: [subject, subjectIdentifier], subjectIdentifier },
      acr: acr ?? answer.acr,
      requestedAt: numericDate(new Date(flow.requestedAt)),
      fresh: !flow.login.skip,
      dev: this.config.current.dev,
    });
    if (refusal) return refusal;
    const scopeStrategy = this.config.current.strategies.scope;
    const skip = maySkipConsent({ request: flow.request, client, remembered, scopeStrategy });
    if (typeof skip !== 'boolean') return skip;
    const restsOn = skip ? remembered?.id : undefined;
    const now = numericDate(exchange.arrivedAt);
    const asked = { skip, restsOn, subject, subjectIdentifier, authTime: Math.min(authTime, now) };
    return { ...asked, ...(acr === undefined ? {} : { acr }), ...(amr === undefined ? {} : { amr }) };
  }

  /** Data of this login, or of the session because of which it was skipped; undefined if that session has ended. */
  private async known(
    { login, request }: Flow,
    answer: AcceptedLogin,
    { client, exchange: { arrivedAt: now } }: InteractionContext,
  ): Promise<KnownLogin | undefined> {
    const wanted = { clientKey: client.key, withDetails: request.authorizationDetails !== undefined };
    if (!login.skip) {
      const remembered = await this.consents.remembered(answer.subject, wanted, now);
      return { authTime: answer.answeredAt, remembered };
    }
    const { session, remembered } = await this.sessions.use(login.sessionId, answer, wanted, now);
    if (session?.subject !== login.subject) return undefined;
    const authTime = numericDate(session.authenticatedAt);
    if (authTime > numericDate(now) + MAX_CLOCK_SKEW_SECONDS) return undefined;
    return { authTime, remembered, ...this.untold(answer, session) };
  }

  /** How the person of a session logged in, where the app that accepts the skip does not tell. */
  private untold(answer: AcceptedLogin, { acr, amr }: LoginSession): Pick<KnownLogin, 'acr' | 'amr'> {
    if (!usesAcr(this.config.current)) return {};
    return { acr: answer.acr ? undefined : acr, amr: answer.amr.length ? undefined : amr };
  }
}
