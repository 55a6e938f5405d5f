import { invalidRequest } from '../../protocol/oauth-error.js';

/** No honest request has as many. Parsing stops at the limit, so that parameters beyond it cost nothing. */
export const MAX_PARAMETERS = 1_000;

/**
 * Parameters of a query or a form. An empty value counts as absent (RFC 6749 §3.1). `eachOnce` refuses repeated parameters;
 * where it is not called, the first value counts.
 */
export class FormParams {
  /** The value is a list only where a name is repeated. */
  private readonly values = new Map<string, string | string[]>();

  /** @throws OAuthError invalid_request: too many parameters */
  constructor(pairs: Iterable<readonly [string, string]> = []) {
    let count = 0;
    for (const [name, value] of pairs) {
      refuseTooMany(++count);
      this.add(name.toWellFormed(), value.toWellFormed());
    }
  }

  /**
   * Gives the same result as `URLSearchParams`, which inspects every character and so lets a stranger make parsing expensive.
   * @throws OAuthError invalid_request: too many parameters
   */
  static parse(sent: string): FormParams {
    const text = sent.toWellFormed();
    const params = new FormParams();
    const decoded = text.length > LONG ? decodedCopy : decodedPart;
    let count = 0; // empty ones count too, since they cost as much
    for (let start = text.startsWith('?') ? 1 : 0; start < text.length;) {
      refuseTooMany(++count);
      const next = text.indexOf('&', start);
      const end = next < 0 ? text.length : next;
      if (end > start) params.addPair(text.slice(start, end), decoded);
      start = end + 1;
    }
    return params;
  }

  first(name: string): string | undefined {
    return this.sent(name) || undefined;
  }

  /** The first value even where it is empty, for callers that need to know whether a parameter was sent at all. */
  sent(name: string): string | undefined {
    const value = this.values.get(name);
    return typeof value === 'object' ? value[0] : value;
  }

  all(name: string): string[] {
    const value = this.values.get(name) ?? [];
    return typeof value === 'object' ? [...value] : [value];
  }

  /** The names that are repeated. */
  get repeated(): string[] {
    const names: string[] = [];
    for (const [name, value] of this.values) if (typeof value === 'object') names.push(name);
    return names;
  }

  /** All pairs; a repeated name is at the place of its first value. */
  entries(): [string, string][] {
    const pairs: [string, string][] = [];
    for (const name of this.values.keys()) for (const value of this.all(name)) pairs.push([name, value]);
    return pairs;
  }

  /** These parameters and those of `over` whose names are not here yet. @throws OAuthError: too many in total */
  merge(over: FormParams): FormParams {
    const further = over.entries().filter(([name]) => !this.values.has(name));
    return new FormParams([...this.entries(), ...further]);
  }

  toString(): string {
    return new URLSearchParams(this.entries()).toString();
  }

  private addPair(pair: string, decoded: (text: string) => string): void {
    const end = pair.indexOf('=');
    if (end < 0) this.add(decoded(pair), '');
    else this.add(decoded(pair.slice(0, end)), decoded(pair.slice(end + 1)));
  }

  private add(name: string, value: string): void {
    const before = this.values.get(name);
    if (before === undefined) this.values.set(name, value);
    else if (typeof before === 'object') before.push(value);
    else this.values.set(name, [before, value]);
  }
}

function refuseTooMany(count: number): void {
  if (count > MAX_PARAMETERS) throw invalidRequest(`Send at most ${MAX_PARAMETERS} parameters.`);
}

/** A substring keeps the whole text in memory for as long as it lives, so parts of a longer text are copied. */
const LONG = 4096;

const decodedPart = (text: string): string => (/[%+]/.test(text) ? decodedCopy(text) : text);

function decodedCopy(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return new URLSearchParams(`=${text}`).get('') ?? ''; // keeps percent signs as they are where they encode nothing
  }
}
