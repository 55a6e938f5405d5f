/** The third visit, with the consent verifier: what was granted goes to whoever issues, once. */
import { Injectable, Logger } from '@nestjs/common';
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
  private readonly log = new Logger(ConsentStep.name);

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
        return { done: this.repeat(stored) };
      default:
        throw accessDenied('The consent of this flow was not answered yet: open its consent challenge.');
    }
  }

  private async proceed(stored: StoredFlow, visit: Visit): Promise<Decision<Interaction>> {
    const { loginAnswer: login, consent, consentAnswer: answer } = stored.flow;
    if (answer?.kind !== 'accepted' || login?.kind !== 'accepted' || !consent) {
      return this.ending.fail(stored, answer?.kind === 'rejected' ? answer.error : UNANSWERED);
    }
    if (!(await this.sessions.find(stored.flow.login.sessionId))) return this.ending.restart(stored, visit);
    const ended = await this.flows.move(stored, { ...stored.flow, state: 'ended', end: { kind: 'granted' } });
    if (!ended) return 'look again';
    return { done: this.granted(stored, ended, grantedOf(stored, { login, consent, answer })) };
  }

  private repeat(stored: StoredFlow): Interaction {
    const { end } = stored.flow;
    if (end && end.kind !== 'granted') return this.ending.repeat(stored, end);
    throw accessDenied('The consent verifier was used before.');
  }

  private granted(before: StoredFlow, ended: StoredFlow, granted: Granted): GrantedInteraction {
    const undo = async (): Promise<void> => {
      try {
        await this.flows.move(ended, before.flow);
      } catch (error) {
        this.log.warn({ message: 'A flow whose issuing failed could not be put back.', error });
      }
    };
    return { kind: 'granted', granted, cookies: [], undo };
  }
}

const UNANSWERED = toFlowError(accessDenied('The consent was not accepted.'));

function grantedOf(
  { flow, expiresAt }: StoredFlow,
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
