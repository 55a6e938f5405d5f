/**
 * The media type among those offered that the client likes best (RFC 9110 §12.5.1); of equals the first one offered,
 * which also answers a client that likes none.
 */
export function preferred<Offer extends string>(
  accept: string | undefined,
  offers: readonly [Offer, ...Offer[]],
): Offer {
  const wishes = (accept ?? '*/*').toLowerCase().split(',').map(parseWish);
  let best = offers[0];
  let bestQuality = 0;
  for (const offer of offers) {
    const quality = qualityOf(offer, wishes);
    if (quality > bestQuality) [best, bestQuality] = [offer, quality];
  }
  return best;
}

interface Wish {
  range: string;
  quality: number;
}

function parseWish(text: string): Wish {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  return { range, quality: Number.isFinite(quality) ? quality : 0 };
}

/** The most specific range that covers the type decides. */
function qualityOf(type: string, wishes: Wish[]): number {
  const [kind = ''] = type.split('/', 1);
  for (const range of [type, `${kind}/*`, '*/*']) {
    const wish = wishes.find((one) => one.range === range);
    if (wish) return wish.quality;
  }
  return 0;
}
