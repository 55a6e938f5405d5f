/**
 * The third visit, with the consent verifier: what was granted goes to whoever issues. That it counts once is decided by
 * the statement that issues (`use_mark`), so a visit whose issuing failed can be made again.
 */
import { Injectable } from '@nestjs/common';
import { accessDenied } from '../../protocol/oauth-error.js';
import type { AcceptedConsent, AcceptedLogin, AskedConsent } from '../flow/flow.js';
import { FlowEnding, type Visit } from '../flow/flow-ending.js';
import { toFlowError } from '../flow/flow-error.js';
import { type Decision, FlowRepository, type StoredFlow } from '../flow/flow-repository.js';
import { verdict } from '../flow/flow-table.js';
import type { Granted } from '../granted.js';
import type { GrantedInteraction, Interaction } from '../interaction.js';
import { secondsOf } from '../seconds.js';
import { LoginSessions } from '../sessions/login-sessions.js';

@Injectable()
export class ConsentStep {
  constructor(
    private readonly flows: FlowRepository,
    private readonly ending: FlowEnding,
    private readonly sessions: LoginSessions,
  ) {}

  /** One try. @throws OAuthError for the client */
  async take(stored: StoredFlow, visit: Visit): Promise<Decision<Interaction>> {
    switch (verdict(stored.flow.state, 'bring_consent_verifier')) {
      case 'proceed':
        return this.proceed(stored, visit);
      case 'repeat':
        return { done: await this.repeat(stored) };
      default:
        throw accessDenied('The consent of this flow was not answered yet: open its consent challenge.');
    }
  }

  private async proceed(stored: StoredFlow, visit: Visit): Promise<Decision<Interaction>> {
    const { consentAnswer: answer } = stored.flow;
    if (answer?.kind !== 'accepted') return this.ending.fail(stored, answer?.error ?? UNANSWERED);
    if (!(await this.hasSession(stored))) return this.ending.restart(stored, visit);
    const ended = await this.flows.move(stored, { ...stored.flow, state: 'ended', end: { kind: 'granted' } });
    return ended ? { done: granted(ended) } : 'look again';
  }

  private async repeat(stored: StoredFlow): Promise<Interaction> {
    const { end } = stored.flow;
    if (end && end.kind !== 'granted') return this.ending.repeat(stored, end);
    if (await this.hasSession(stored)) return granted(stored);
    throw accessDenied('The consent verifier was used before.');
  }

  private async hasSession({ flow }: StoredFlow): Promise<boolean> {
    return (await this.sessions.find(flow.login.sessionId)) !== undefined;
  }
}

const UNANSWERED = toFlowError(accessDenied('The consent was not accepted.'));

function granted({ flow, expiresAt }: StoredFlow): GrantedInteraction {
  const { loginAnswer: login, consent, consentAnswer: answer } = flow;
  if (login?.kind !== 'accepted' || answer?.kind !== 'accepted' || !consent) throw new Error('Nothing was granted.');
  return { kind: 'granted', granted: grantedOf({ flow, expiresAt }, { login, consent, answer }), cookies: [] };
}

function grantedOf(
  { flow, expiresAt }: Pick<StoredFlow, 'flow' | 'expiresAt'>,
  given: { login: AcceptedLogin; consent: AskedConsent; answer: AcceptedConsent },
): Granted {
  const { login, consent, answer } = given;
  return {
    request: flow.request,
    consentId: flow.consentId,
    clientKey: flow.clientKey,
    subject: consent.subject,
    subjectIdentifier: consent.subjectIdentifier,
    loginSessionId: flow.login.sessionId,
    grantedScope: answer.grantScope,
    grantedAudience: answer.grantAudience,
    authTime: consent.authTime,
    requestedAt: secondsOf(new Date(flow.requestedAt)),
    acr: login.acr,
    amr: login.amr,
    idTokenClaims: answer.idTokenClaims,
    accessTokenClaims: answer.accessTokenClaims,
    consent: {
      remember: answer.remember,
      rememberFor: answer.rememberFor,
      skip: consent.skip,
      handledAt: answer.handledAt,
      context: answer.context,
      flowExpiresAt: expiresAt.getTime(),
    },
  };
}
