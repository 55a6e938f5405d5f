/** Who may exchange a token (RFC 8693 §4.4, §5). */
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { type ActingParty, mayAct } from '../../../protocol/actors.js';
import { JWT_BEARER } from '../../../protocol/constants.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { type Opened, type PresentedParty, refusedToken } from './presented-party.js';

/**
 * The client must be that of the token, or be named in its audience, as for introspection. Where the token says who may act,
 * only those may; with an actor token it is the actor who must be named. An inner `act` decides nothing (§4.1). What is wrong
 * with the actor token is told only to those for whom the other token is: else the answer would say that this is active.
 * @returns both, proven
 * @throws OAuthError invalid_request, with one text for all reasons
 */
export function requireMayExchange(
  { subject, actor: presented }: { subject?: Opened; actor?: Opened },
  client: RegisteredClient,
  issuer: string,
): { subject: PresentedParty; actor?: PresentedParty } {
  if (!subject || subject instanceof OAuthError) throw subject ?? refusedToken('subject_token');
  const isItsOwn = isMeantFor(subject, client) || mayPresent(subject, client);
  const refuse = (refusal: OAuthError): never => {
    throw isItsOwn ? refusal : refusedToken('subject_token');
  };
  const actor = presented instanceof OAuthError ? refuse(presented) : presented;
  if (actor && !isMeantFor(actor, client)) refuse(refusedToken('actor_token'));
  const isAllowed =
    subject.mayAct === undefined ? isItsOwn : mayAct(subject.mayAct, actingParty(actor, client, issuer));
  if (!isAllowed) throw refusedToken('subject_token');
  return { subject, actor };
}

function actingParty(actor: PresentedParty | undefined, { clientId }: RegisteredClient, issuer: string): ActingParty {
  if (!actor) return { sub: clientId, clientId, issuer };
  return { sub: actor.subject, clientId: actor.clientId, issuer: actor.issuer };
}

function isMeantFor({ clientId, audience }: PresentedParty, client: RegisteredClient): boolean {
  return clientId === client.clientId || audience.includes(client.clientId);
}

/** A client that may use assertions of trusted issuers as a grant would get no more by an exchange (RFC 7523 §2.1). */
function mayPresent({ assertion }: PresentedParty, client: RegisteredClient): boolean {
  return assertion !== undefined && client.mayUse(JWT_BEARER);
}
