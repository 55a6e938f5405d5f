/**
 * The third request of the browser, with the consent verifier: returns the grant to the caller, which issues. The issuing
 * statement enforces single use (`use_mark`), so that the request can be repeated if issuing has failed. It also checks
 * that the session still exists, and the remembered consent because of which consent was skipped.
 */
import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { accessDenied } from '../../protocol/oauth-error.js';
import type { Granted } from '../consents/granted.js';
import type { AcceptedConsent, AcceptedLogin, AskedConsent, Flow } from '../flow/flow.js';
import { consentVerifierUsed, toFlowError } from '../flow/flow-error.js';
import { type Decision, FlowRepository, type StoredFlow } from '../flow/flow-repository.js';
import { verdict } from '../flow/flow-table.js';
import { FlowEnding, type InteractionContext } from './flow-ending.js';
import type { GrantedInteraction, Interaction, EndedBasis, RedirectInteraction } from './interaction.js';

@Injectable()
export class ConsentStep {
  constructor(
    private readonly flows: FlowRepository,
    private readonly ending: FlowEnding,
  ) {}

  /** Makes one try. @throws OAuthError for the client */
  async take(stored: StoredFlow, context: InteractionContext): Promise<Decision<Interaction>> {
    switch (verdict(stored.flow.state, 'bring_consent_verifier')) {
      case 'proceed':
        return this.proceed(stored, context);
      case 'repeat':
        return { done: this.repeat(stored, context.client) };
      default:
        throw accessDenied('The consent of this flow was not answered yet: open its consent challenge.');
    }
  }

  private async proceed(stored: StoredFlow, context: InteractionContext): Promise<Decision<Interaction>> {
    const { consentAnswer: answer } = stored.flow;
    if (answer?.kind !== 'accepted') return this.ending.fail(stored, answer?.error ?? UNANSWERED);
    const granted = grantedBy(stored, context.client);
    const next: Flow = { ...stored.flow, state: 'ended', end: { kind: 'granted' } };
    const ended = await this.flows.move(stored, next, context.alsoPut?.(granted));
    return ended ? { done: { kind: 'granted', granted, cookies: [], stored: ended, isRepeated: false } } : 'retry';
  }

  /** Called if the session or consent of the grant had ended before it was issued. @throws OAuthError for the client */
  async restart(
    { stored, isRepeated }: GrantedInteraction,
    endedBasis: EndedBasis,
    context: InteractionContext,
  ): Promise<RedirectInteraction> {
    const decision = isRepeated ? 'retry' : await this.ending.restart(stored, endedBasis, context);
    if (decision === 'retry') throw consentVerifierUsed();
    return decision.done;
  }

  private repeat(stored: StoredFlow, client: RegisteredClient): Interaction {
    const { end } = stored.flow;
    if (end && end.kind !== 'granted') return this.ending.repeat(stored, end);
    return { kind: 'granted', granted: grantedBy(stored, client), cookies: [], stored, isRepeated: true };
  }
}

const UNANSWERED = toFlowError(accessDenied('The consent was not accepted.'));

function grantedBy({ flow, expiresAt }: StoredFlow, client: RegisteredClient): Granted {
  const { loginAnswer: login, consent, consentAnswer: answer } = flow;
  if (login?.kind !== 'accepted' || answer?.kind !== 'accepted' || !consent) throw new Error('Nothing was granted.');
  return { ...grantedOf({ flow, expiresAt }, { login, consent, answer }), clientKey: client.key };
}

function grantedOf(
  { flow, expiresAt }: Pick<StoredFlow, 'flow' | 'expiresAt'>,
  given: { login: AcceptedLogin; consent: AskedConsent; answer: AcceptedConsent },
): Omit<Granted, 'clientKey'> {
  const { login, consent, answer } = given;
  return {
    request: flow.request,
    consentId: flow.consentId,
    subject: consent.subject,
    subjectIdentifier: consent.subjectIdentifier,
    forcedSubject: forcedIn(login, consent),
    loginSessionId: flow.login.sessionId,
    grantedScope: answer.grantScope,
    grantedAudience: answer.grantAudience,
    grantedAuthorizationDetails: answer.grantAuthorizationDetails,
    authTime: consent.authTime,
    requestedAt: numericDate(new Date(flow.requestedAt)),
    acr: consent.acr ?? login.acr,
    amr: consent.amr ?? login.amr,
    idTokenClaims: answer.idTokenClaims,
    accessTokenClaims: answer.accessTokenClaims,
    userinfoClaims: answer.userinfoClaims ?? {},
    consent: {
      remember: answer.remember,
      rememberFor: answer.rememberFor,
      skip: consent.skip,
      restsOn: consent.restsOn,
      handledAt: answer.handledAt,
      context: answer.context,
      flowExpiresAt: expiresAt.getTime(),
    },
  };
}

/** Only pairwise clients see an identifier that the login app forces; to others the subject itself is shown. */
function forcedIn({ forceSubjectIdentifier: forced }: AcceptedLogin, consent: AskedConsent): string | undefined {
  return forced && forced === consent.subjectIdentifier && forced !== consent.subject ? forced : undefined;
}
