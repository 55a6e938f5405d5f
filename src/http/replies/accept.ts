import Negotiator from 'negotiator';

/**
 * The offered media type that the client prefers (RFC 9110 §12.5.1). Among equals it is the one that the client names more
 * exactly or first, then the first one offered; so it is for a client that accepts none. All texts are UTF-8, so a `charset`
 * parameter of the client is accepted.
 */
export function preferred<Offer extends string>(
  accept: string | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer {
  const [best] = new Negotiator({ headers: { accept } }).mediaTypes(offers.map((offer) => `${offer};charset=utf-8`));
  return offers.find((offer) => best?.startsWith(offer)) ?? offers[0];
}
