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

/**
 * Whether the client states a higher quality for the media type than for its rival (RFC 9110 §12.4.2). The most specific range
 * counts for each; a media type that no range covers has none. Without the header nothing is preferred.
 */
export function isPreferredTo(rival: string, mediaType: string, accept = ''): boolean {
  const qualities = new Map(accept.split(',').map(rangeOf));
  const qualityOf = (type: string): number => {
    const ranges = [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*'];
    return qualities.get(ranges.find((range) => qualities.has(range)) ?? '') ?? 0;
  };
  return qualityOf(mediaType) > qualityOf(rival);
}

function rangeOf(element: string): [range: string, quality: number] {
  const [range = '', ...parameters] = element.split(';').map((part) => part.trim().toLowerCase());
  const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
  return [range, quality >= 0 && quality <= 1 ? quality : 0];
}
