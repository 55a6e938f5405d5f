/** Parameters of a query or a form: the first of repeated values counts (RFC 6749 §3.1), an empty one is absent. */
export class FormParams {
  constructor(private readonly params: URLSearchParams) {}

  /** What `URLSearchParams` reads in the text; that looks at each letter, which a stranger makes expensive. */
  static parse(text: string): FormParams {
    try {
      return new FormParams(pairsOf(text));
    } catch {
      return new FormParams(new URLSearchParams(text)); // takes percent signs for what they are where they encode nothing
    }
  }

  first(name: string): string | undefined {
    return this.params.get(name) || undefined;
  }

  /** The first value even where it is empty: whether a parameter was sent at all can matter. */
  sent(name: string): string | undefined {
    return this.params.get(name) ?? undefined;
  }

  all(name: string): string[] {
    return this.params.getAll(name);
  }

  get isEmpty(): boolean {
    return this.params.size === 0;
  }

  /** Every pair, as sent. */
  entries(): [string, string][] {
    return [...this.params];
  }

  /** These parameters with those of `over` added where a name is not here yet. */
  merge(over: FormParams): FormParams {
    const merged = new URLSearchParams(this.params);
    for (const [name, value] of over.params) if (!this.params.has(name)) merged.append(name, value);
    return new FormParams(merged);
  }

  toString(): string {
    return this.params.toString();
  }
}

/** A part of a text keeps the whole of it in memory for as long as it is kept itself: of a longer one the parts are copied. */
const LONG = 4096;

/** @throws URIError where it is not percent-encoded UTF-8 */
function pairsOf(text: string): URLSearchParams {
  const pairs = new URLSearchParams();
  const decoded = text.length > LONG ? decodedCopy : decodedPart;
  for (const pair of text.replace(/^\?/, '').split('&')) {
    const end = pair.indexOf('=');
    if (end >= 0) pairs.append(decoded(pair.slice(0, end)), decoded(pair.slice(end + 1)));
    else if (pair !== '') pairs.append(decoded(pair), '');
  }
  return pairs;
}

const decodedCopy = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
const decodedPart = (text: string): string => (/[%+]/.test(text) ? decodedCopy(text) : text);
