/**
 * Whether an origin is one of those listed (CORS): exact, or with one `*` in place of the labels before a domain. A domain
 * is one that somebody can register: below `co.uk` or `github.io` anybody may have a site (the Public Suffix List).
 */
import { getDomain } from 'tldts';

const ANY_LABELS = '[a-z0-9-]+(?:\\.[a-z0-9-]+)*';
/** What must follow a wildcard: a dot and a domain whose last label has letters, and a port. */
const BOUNDED = /^\.([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+)(?::\d+)?$/;

export interface OriginRules {
  /** `feature_flags.legacy_allow_insecure_origins`: wildcards count that are not bounded by a domain. */
  allowUnbounded: boolean;
}

/** Compares without regard to case. `*` alone allows every origin. */
export function originAllowed(listed: readonly string[], origin: string, rules: OriginRules): boolean {
  const wanted = origin.toLowerCase();
  return listed.some((entry) => entryMatches(entry.toLowerCase(), wanted, rules));
}

function entryMatches(entry: string, origin: string, rules: OriginRules): boolean {
  if (entry === '*' || entry === origin) return true;
  const star = entry.indexOf('*');
  if (star < 0 || star !== entry.lastIndexOf('*')) return false;
  const [before, after] = [entry.slice(0, star), entry.slice(star + 1)];
  if (rules.allowUnbounded) return unboundedMatches(before, after, origin);
  if (!/^[a-z][a-z0-9+.-]*:\/\/$/.test(before) || !isBounded(after)) return false;
  return new RegExp(`^${escape(before)}${ANY_LABELS}${escape(after)}$`).test(origin);
}

function isBounded(after: string): boolean {
  const [, domain] = BOUNDED.exec(after) ?? [];
  return domain !== undefined && getDomain(domain, { allowPrivateDomains: true }) !== null;
}

function unboundedMatches(before: string, after: string, origin: string): boolean {
  return origin.length >= before.length + after.length && origin.startsWith(before) && origin.endsWith(after);
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
