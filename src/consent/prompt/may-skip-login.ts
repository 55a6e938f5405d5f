/**
 * The reasons why a person must log in, although there may be a session (OpenID Connect Core §3.1.2.1, §3.1.2.3). Each
 * reason is one constant; LOGIN_REASONS at the end is their order.
 */
import type { Configuration } from '../../config/configuration.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { loginRequired } from '../../protocol/oauth-error.js';
import { MAX_CLOCK_SKEW_SECONDS } from '../../protocol/clock-skew.js';
import type { LoginSession } from '../sessions/login-sessions.js';
import { asksForPerson, isAskedPerson, reachesEssentialAcr, voluntaryAcr } from './asked-authentication.js';

/** The data that is known when a request arrives. */
interface LoginSituation {
  request: AuthorizationRequest;
  /** The session of the browser, if it allows to skip a login. */
  session?: LoginSession;
  now: Date;
  /** The request comes from a frame on another site, and without a session cookie. */
  framed?: boolean;
  stepUp: Configuration['oauth2']['step_up'];
  /** The `sub` of the session's subject for the client, if the request asks for a certain person. */
  subjectIdentifier?: string;
}

interface LoginReason {
  readonly name: string;
  /** The advice in the error for `prompt=none`. Default: ask without it. */
  readonly advice?: string;
  /** The person of the session must prove more, or anew. */
  readonly isStepUp?: boolean;
  applies(situation: LoginSituation): boolean;
}

/** Whether the login may be skipped. @throws OAuthError login_required if it may not and the request has `prompt=none` */
export function maySkipLogin(situation: LoginSituation): boolean {
  const reason = reasonFor(situation);
  if (!reason) return true;
  if (!situation.request.prompt.includes('none')) return false;
  throw loginRequired(`The request had 'prompt=none', but ${reason.name}: ${reason.advice ?? 'ask without it'}.`);
}

/**
 * The subject of a session whose login is too weak or too old for the request: the app can ask for what is missing (RFC 9470).
 * Undefined if the person must log in for another reason, or nothing of this is configured.
 */
export function knownSubject(situation: LoginSituation): string | undefined {
  const { session, request, stepUp } = situation;
  if (!stepUp.enabled && !request.requestedClaims) return undefined;
  return reasonFor(situation)?.isStepUp ? session?.subject : undefined;
}

function reasonFor(situation: LoginSituation): LoginReason | undefined {
  return LOGIN_REASONS.find((candidate) => candidate.applies(situation));
}

/** OpenID Connect Core §3.1.2.1. To select another account, the person logs in with it. */
const promptAsksForLogin: LoginReason = {
  name: 'prompt asks for a login',
  applies: ({ request }) => request.prompt.includes('login') || request.prompt.includes('select_account'),
};

/** Silent renewal: the person may be logged in, but browsers do not send cookies with frames of other sites. */
const cookieBlocked: LoginReason = {
  name: 'the browser sent no cookie of a login with a frame on another site',
  advice:
    "it blocks third-party cookies, or serve.cookies.same_site_mode is not 'None' over https. Ask in the window itself, or serve issuer and application under one registrable domain",
  applies: ({ session, framed }) => session === undefined && framed === true,
};

const noSession: LoginReason = {
  name: 'nobody is logged in',
  applies: ({ session }) => session === undefined,
};

const sessionFromFuture: LoginReason = {
  name: 'the login lies in the future',
  advice: 'synchronise the clocks of the servers',
  applies: ({ session, now }) =>
    session !== undefined && numericDate(session.authenticatedAt) > numericDate(now) + MAX_CLOCK_SKEW_SECONDS,
};

/** OpenID Connect Core §3.1.2.1, `max_age`. Zero has the same effect as `prompt=login`. */
const sessionTooOld: LoginReason = {
  name: 'the login is older than max_age',
  isStepUp: true,
  applies: ({ request: { maxAge }, session, now }) => {
    if (maxAge === undefined || !session) return false;
    return maxAge === 0 || numericDate(session.authenticatedAt) + maxAge < numericDate(now);
  },
};

/** OpenID Connect Core §3.1.2.2: nobody else is answered for, and the person who is asked for may log in. */
const anotherPersonAsked: LoginReason = {
  name: "another person is logged in than the one that 'claims' asks for",
  applies: ({ request, session, subjectIdentifier }) =>
    session !== undefined && asksForPerson(request) && !isAskedPerson(request, subjectIdentifier),
};

/** OpenID Connect Core §5.5.1.1. */
const essentialAcrNotReached: LoginReason = {
  name: "the login did not reach the 'acr' that 'claims' demands",
  isStepUp: true,
  applies: ({ request, session }) => session !== undefined && !reachesEssentialAcr(request, session.acr),
};

/**
 * RFC 9470 §5. A login app that tells no `acr` cannot do better at the next login: the skip stays as without step-up, unless
 * the operator says that the app knows some.
 */
const acrValuesNotReached: LoginReason = {
  name: "the login did not reach one of 'acr_values'",
  isStepUp: true,
  applies: ({ request, session, stepUp }) => {
    const wished = voluntaryAcr(request);
    if (!stepUp.enabled || !session || !wished.length) return false;
    return session.acr === undefined ? stepUp.acr_values.length > 0 : !wished.includes(session.acr);
  },
};

/** Checked in this order; the first that applies is the reason. */
const LOGIN_REASONS: readonly LoginReason[] = [
  promptAsksForLogin,
  cookieBlocked,
  noSession,
  sessionFromFuture,
  anotherPersonAsked,
  essentialAcrNotReached,
  acrValuesNotReached,
  sessionTooOld,
];
