/**
 * The third visit, with the consent verifier: what was granted goes to whoever issues. That it counts once is decided by
 * the statement that issues (`use_mark`), so a visit whose issuing failed can be made again; it decides too whether the session is there.
 */
import { Injectable } from '@nestjs/common';
import { accessDenied } from '../../protocol/oauth-error.js';
import type { AcceptedConsent, AcceptedLogin, AskedConsent, Flow } from '../flow/flow.js';
import { FlowEnding, type Visit } from '../flow/flow-ending.js';
import { consentVerifierUsed, toFlowError } from '../flow/flow-error.js';
import { type Decision, FlowRepository, type StoredFlow } from '../flow/flow-repository.js';
import { verdict } from '../flow/flow-table.js';
import type { Granted } from '../granted.js';
import type { GrantedInteraction, Interaction, RedirectInteraction } from '../interaction.js';
import { secondsOf } from '../seconds.js';

@Injectable()
export class ConsentStep {
  constructor(
    private readonly flows: FlowRepository,
    private readonly ending: FlowEnding,
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
    const { consentAnswer: answer } = stored.flow;
    if (answer?.kind !== 'accepted') return this.ending.fail(stored, answer?.error ?? UNANSWERED);
    const granted = grantedBy(stored);
    const next: Flow = { ...stored.flow, state: 'ended', end: { kind: 'granted' } };
    const ended = await this.flows.move(stored, next, visit.beside?.(granted));
    return ended ? { done: { kind: 'granted', granted, cookies: [], stored: ended, isRepeated: false } } : 'look again';
  }

  /** The session had ended when the grant was to be issued. @throws OAuthError for the client */
  async restart({ stored, isRepeated }: GrantedInteraction, visit: Visit): Promise<RedirectInteraction> {
    const decision = isRepeated ? 'look again' : await this.ending.restart(stored, visit);
    if (decision === 'look again') throw consentVerifierUsed();
    return decision.done;
  }

  private repeat(stored: StoredFlow): Interaction {
    const { end } = stored.flow;
    if (end && end.kind !== 'granted') return this.ending.repeat(stored, end);
    return { kind: 'granted', granted: grantedBy(stored), cookies: [], stored, isRepeated: true };
  }
}

const UNANSWERED = toFlowError(accessDenied('The consent was not accepted.'));

function grantedBy({ flow, expiresAt }: StoredFlow): Granted {
  const { loginAnswer: login, consent, consentAnswer: answer } = flow;
  if (login?.kind !== 'accepted' || answer?.kind !== 'accepted' || !consent) throw new Error('Nothing was granted.');
  return grantedOf({ flow, expiresAt }, { login, consent, answer });
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
