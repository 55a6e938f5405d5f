/** Who may exchange a token (RFC 8693 §4.4, §5). */
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { mayAct } from '../../../protocol/actors.js';
import { JWT_BEARER } from '../../../protocol/constants.js';
import { type PresentedParty, refusedToken } from './presented-party.js';

/**
 * The client must be that of the token, or be named in its audience, as for introspection. Where the token says who may act,
 * only those may; with an actor token it is the actor who must be named. An inner `act` decides nothing (§4.1).
 * @throws OAuthError invalid_request, with one text for all reasons
 */
export function requireMayExchange(
  { subject, actor }: { subject: PresentedParty; actor?: PresentedParty },
  client: RegisteredClient,
  issuer: string,
): void {
  if (actor && !isMeantFor(actor, client)) throw refusedToken('actor_token');
  if (subject.mayAct === undefined) {
    if (!isMeantFor(subject, client) && !mayPresent(subject, client)) throw refusedToken('subject_token');
    return;
  }
  const { clientId } = client;
  const acting = actor
    ? { sub: actor.subject, clientId: actor.clientId, issuer: actor.issuer }
    : { sub: clientId, clientId, issuer };
  if (!mayAct(subject.mayAct, acting)) throw refusedToken('subject_token');
}

function isMeantFor({ clientId, audience }: PresentedParty, client: RegisteredClient): boolean {
  return clientId === client.clientId || audience.includes(client.clientId);
}

/** A client that may use assertions of trusted issuers as a grant would get no more by an exchange (RFC 7523 §2.1). */
function mayPresent({ assertion }: PresentedParty, client: RegisteredClient): boolean {
  return assertion !== undefined && client.mayUse(JWT_BEARER);
}
