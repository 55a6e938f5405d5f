/**
 * Whether an origin is in a list (CORS): exactly, or by an entry with one `*` in place of the labels before a domain. The
 * domain must be one that can be registered: below `co.uk` or `github.io` anybody may have a site (the Public Suffix List).
 */
import { getDomain } from 'tldts';

/** The text that must follow a wildcard: a dot and a domain whose last label has letters, and a port. */
const BOUNDED = /^\.([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+)(?::\d+)?$/;
/** A scheme, the longest name (RFC 1035 §2.3.4) and a port are shorter than this. */
const MAX_ORIGIN_CHARACTERS = 512;

export interface OriginRules {
  /** `feature_flags.legacy_allow_insecure_origins`: accepts wildcards without a domain behind them. */
  allowUnbounded: boolean;
}

interface Wildcard {
  before: string;
  after: string;
  isBounded: boolean;
}

interface Origins {
  exact: ReadonlySet<string>;
  wildcards: readonly Wildcard[];
}

/** Each list of a client or of the configuration is compiled once. */
const compiled = new WeakMap<readonly string[], Origins>();

/** Compares case-insensitively. `*` alone allows every origin. */
export function originAllowed(listed: readonly string[], origin: string, rules: OriginRules): boolean {
  if (origin.length > MAX_ORIGIN_CHARACTERS) return listed.includes('*');
  const { exact, wildcards } = originsOf(listed);
  const wanted = origin.toLowerCase();
  if (exact.has('*') || exact.has(wanted)) return true;
  return wildcards.some((wildcard) => wildcardMatches(wildcard, wanted, rules));
}

function originsOf(listed: readonly string[]): Origins {
  let origins = compiled.get(listed);
  if (!origins) compiled.set(listed, (origins = compile(listed)));
  return origins;
}

function compile(listed: readonly string[]): Origins {
  const entries = listed.map((entry) => entry.toLowerCase());
  return { exact: new Set(entries), wildcards: entries.map(wildcardOf).filter((one) => one !== undefined) };
}

/** Undefined where the entry does not have exactly one star. */
function wildcardOf(entry: string): Wildcard | undefined {
  const star = entry.indexOf('*');
  if (star < 0 || star !== entry.lastIndexOf('*')) return undefined;
  const [before, after] = [entry.slice(0, star), entry.slice(star + 1)];
  return { before, after, isBounded: /^[a-z][a-z0-9+.-]*:\/\/$/.test(before) && hasDomain(after) };
}

function hasDomain(after: string): boolean {
  const [, domain] = BOUNDED.exec(after) ?? [];
  return domain !== undefined && getDomain(domain, { allowPrivateDomains: true }) !== null;
}

function wildcardMatches({ before, after, isBounded }: Wildcard, origin: string, rules: OriginRules): boolean {
  const length = origin.length - before.length - after.length;
  if (length < 0 || !origin.startsWith(before) || !origin.endsWith(after)) return false;
  return rules.allowUnbounded || (isBounded && areLabels(origin.slice(before.length, before.length + length)));
}

function areLabels(text: string): boolean {
  return text.split('.').every((label) => /^[a-z0-9-]+$/.test(label));
}
