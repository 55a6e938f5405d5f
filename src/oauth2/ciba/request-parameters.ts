/** The parameters of a backchannel authentication request (CIBA Core §7.1), and what must hold of each by itself. */
import type { Configuration } from '../../config/configuration.js';
import { type Parsed, scopeParameter, textParameter } from '../../http/exchange/declared-parameters.js';
import { readInteractionParameters } from '../../protocol/authorization-request.js';
import type { BackchannelRequest } from '../../protocol/backchannel-request.js';
import { OPENID } from '../../protocol/constants.js';
import { invalidBindingMessage, invalidRequest } from '../../protocol/oauth-error.js';
import { parseRequestedClaims } from '../../protocol/requested-claims.js';
import { askedDetails } from '../issuance/asked-details.js';
import { AUDIENCE_PARAMETERS, wantedAudience } from '../issuance/wanted-audience.js';

export const PARAMETERS = {
  ...{ client_id: textParameter, scope: scopeParameter, ...AUDIENCE_PARAMETERS },
  ...{ login_hint: textParameter, id_token_hint: textParameter, login_hint_token: textParameter },
  ...{ binding_message: textParameter, user_code: textParameter, acr_values: textParameter },
  ...{ client_notification_token: textParameter, requested_expiry: textParameter },
  ...{ authorization_details: textParameter, claims: textParameter }, // RFC 9396 §4, OpenID Connect Core §5.5
};

export type CibaParameters = Parsed<typeof PARAMETERS>;

const HINTS = ['login_hint', 'id_token_hint', 'login_hint_token'] as const;

/** Letters, marks, digits, punctuation, symbols and blanks: nothing that a display could hide or reorder. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]*$/u;
const MAX_BINDING_CHARACTERS = 128;
const SHORT = new RegExp(`^.{0,${MAX_BINDING_CHARACTERS}}$`, 'su');

/** RFC 6750 §2.1. */
const BEARER = /^[A-Za-z0-9\-._~+/]+=*$/;
const MAX_NOTIFICATION_TOKEN = 1024;

/** What the request asks for, without the person. @throws OAuthError */
export function readAsked(
  parameters: CibaParameters,
  configuration: Configuration,
): Omit<BackchannelRequest, 'clientId' | 'requestUrl'> {
  const { scope, acr_values: acrValues } = parameters;
  if (!scope.includes(OPENID)) throw invalidRequest("Parameter 'scope' must contain 'openid' (CIBA Core §7.1).");
  requireOneHint(parameters);
  return {
    scope,
    ...wantedAudience(parameters, configuration),
    acrValues: readInteractionParameters((name) => (name === 'acr_values' ? acrValues : undefined)).acrValues,
    authorizationDetails: askedDetails(parameters.authorization_details, configuration),
    requestedClaims: claimsOf(parameters.claims, configuration),
    loginHint: parameters.login_hint,
    loginHintToken: parameters.login_hint_token,
    bindingMessage: bindingMessageOf(parameters.binding_message),
    userCode: parameters.user_code,
  };
}

/** CIBA Core §7.1: exactly one. */
function requireOneHint(parameters: CibaParameters): void {
  if (HINTS.filter((name) => parameters[name] !== undefined).length === 1) return;
  throw invalidRequest(`Send exactly one of the parameters ${HINTS.map((name) => `'${name}'`).join(', ')}.`);
}

function claimsOf(text: string | undefined, { oidc }: Configuration): BackchannelRequest['requestedClaims'] {
  return text === undefined || !oidc.claims_parameter.enabled ? undefined : parseRequestedClaims(text);
}

function bindingMessageOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!SHORT.test(text)) {
    throw invalidBindingMessage(`It may have ${MAX_BINDING_CHARACTERS} characters.`);
  }
  if (!PRINTABLE.test(text)) throw invalidBindingMessage('It must consist of printable characters.');
  return text;
}

/** The lifetime in seconds: what the client wishes, but no more than the operator allows. @throws OAuthError invalid_request */
export function lifetimeOf({ requested_expiry: text }: CibaParameters, { ttl }: Configuration): number {
  const most = Math.floor(ttl.ciba_request);
  if (text === undefined) return most;
  if (!/^[1-9]\d*$/.test(text)) {
    throw invalidRequest("Parameter 'requested_expiry' must be a whole number of seconds, at least 1.");
  }
  return Math.min(Number(text), most);
}

/** CIBA Core §7.1: a client that wants to be pinged says by what it knows a ping. @throws OAuthError invalid_request */
export function notificationTokenOf({ client_notification_token: token }: CibaParameters): string {
  if (token === undefined) {
    throw invalidRequest("Parameter 'client_notification_token' is missing: the client is registered for ping.");
  }
  if (token.length <= MAX_NOTIFICATION_TOKEN && BEARER.test(token)) return token;
  throw invalidRequest(
    `Parameter 'client_notification_token' must have the form of a bearer token (RFC 6750 §2.1), and at most ${MAX_NOTIFICATION_TOKEN} characters.`,
  );
}
