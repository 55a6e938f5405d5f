/** Who acts for a subject (RFC 8693 §4.1), and who may (§4.4). */
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';

/** The claim `act`. An inner `act` tells who acted before; it decides nothing. */
export interface Actor extends JsonObject {
  sub: string;
}

/** The longest chain of actors, and of exchanges. */
export const MAX_ACTORS = 10;

/** How many actors the claim names. Counting stops beyond the limit. */
export function countActors(act: Actor | undefined): number {
  let count = 0;
  for (let one: JsonValue | undefined = act; isJsonObject(one) && count <= MAX_ACTORS; one = one.act) count++;
  return count;
}

/** The actor, with those before it inside. */
export function actingFor(sub: string, before: Actor | undefined): Actor {
  return before ? { sub, act: before } : { sub };
}

/** The members of an actor that identify it; others mean nothing there (§4.1). */
const IDENTITY = ['sub', 'iss', 'client_id'] as const;

/**
 * The claim `act` of a JWT of another party, reduced to what identifies the actors.
 * @returns undefined if it is malformed or names too many
 */
export function readActor(claim: JsonValue): Actor | undefined {
  const chain: JsonObject[] = [];
  for (let one: JsonValue | undefined = claim; one !== undefined; one = one.act) {
    if (!isJsonObject(one) || typeof one.sub !== 'string' || !one.sub || chain.length === MAX_ACTORS) return undefined;
    const actor = one;
    chain.push(
      Object.fromEntries(IDENTITY.flatMap((name) => (typeof actor[name] === 'string' ? [[name, actor[name]]] : []))),
    );
  }
  return chain.reduceRight<JsonObject | undefined>(
    (before, one) => (before ? { ...one, act: before } : one),
    undefined,
  ) as Actor | undefined;
}

/** Somebody who wants to act. */
export interface ActingParty {
  sub: string;
  /** The client that the party is, or that its token was issued to. */
  clientId?: string;
  issuer: string;
}

/** Whether the claim `may_act` names the party: every member that identifies must match, and `sub` must be there. */
export function mayAct(claim: JsonValue, party: ActingParty): boolean {
  if (!isJsonObject(claim) || claim.sub !== party.sub) return false;
  if (claim.client_id !== undefined && claim.client_id !== party.clientId) return false;
  return claim.iss === undefined || claim.iss === party.issuer;
}
