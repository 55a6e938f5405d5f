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

/** @throws URIError where it is not percent-encoded UTF-8 */
function pairsOf(text: string): URLSearchParams {
  const pairs = new URLSearchParams();
  for (const pair of text.replace(/^\?/, '').split('&')) {
    const end = pair.indexOf('=');
    if (end >= 0) pairs.append(decoded(pair.slice(0, end)), decoded(pair.slice(end + 1)));
    else if (pair !== '') pairs.append(decoded(pair), '');
  }
  return pairs;
}

function decoded(text: string): string {
  return /[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}
