/**
 * Audiences of access tokens (Hydra's `audience` parameter). A registered audience permits itself and, read as a URL, every
 * path below it: `https://api/x` permits `https://api/x/y`, not `https://api/xy`.
 */
import { invalidRequest } from './oauth-error.js';
import { PathPrefixes } from './path-prefixes.js';
import { withoutTrailingSlashes } from './trailing-slashes.js';

/** No honest request asks for as many. Registered lists are limited only by the size of the request body. */
export const MAX_REQUESTED_AUDIENCES = 1_000;

/** A list of audiences that permits requested ones. It is built once for many look-ups. */
export class AllowedAudiences {
  private readonly texts: ReadonlySet<string>;
  private origins?: ReadonlyMap<string, PathPrefixes>;

  constructor(private readonly allowed: readonly string[]) {
    this.texts = new Set(allowed);
  }

  permits(wanted: string): boolean {
    if (/[\u0000-\u001f\u007f]/.test(wanted)) return false;
    if (this.texts.has(wanted)) return true;
    this.origins ??= byOrigin(this.allowed);
    const want = parts(wanted);
    return want !== undefined && this.origins.get(want.origin)?.lead(want.path) === true;
  }
}

/** The first requested audience that the client may not have, if any. */
export function firstRefusedAudience(
  allowed: readonly string[] | AllowedAudiences,
  wanted: readonly string[],
): string | undefined {
  if (wanted.length === 0) return undefined;
  const audiences = allowed instanceof AllowedAudiences ? allowed : new AllowedAudiences(allowed);
  return wanted.find((audience) => !audiences.permits(audience));
}

/** `audience` may be repeated or hold several values separated by spaces. */
export function parseAudience(values: readonly string[]): string[] {
  return [...new Set(values.flatMap((value) => value.split(/\s+/)).filter(Boolean))];
}

/** The requested audiences. @throws OAuthError invalid_request: too many */
export function requestedAudience(values: readonly string[]): string[] {
  const wanted = parseAudience(values);
  refuseManyAudiences(wanted);
  return wanted;
}

/** @throws OAuthError invalid_request */
export function refuseManyAudiences(wanted: readonly string[]): void {
  if (wanted.length > MAX_REQUESTED_AUDIENCES) {
    throw invalidRequest(`Ask for at most ${MAX_REQUESTED_AUDIENCES} audiences.`);
  }
}

function byOrigin(audiences: readonly string[]): ReadonlyMap<string, PathPrefixes> {
  const paths = new Map<string, string[]>();
  for (const audience of audiences) {
    const have = parts(audience);
    if (!have) continue;
    const known = paths.get(have.origin) ?? [];
    known.push(withoutTrailingSlashes(have.path));
    paths.set(have.origin, known);
  }
  return new Map([...paths].map(([origin, bases]) => [origin, new PathPrefixes(bases)]));
}

/** The origin and path of a URL, whose dot segments parsing resolves. Any other text is all path, without `..`. */
function parts(text: string): { origin: string; path: string } | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    return { origin: `${url.protocol}//${url.host}`, path: url.pathname };
  }
  return text.split('/').includes('..') ? undefined : { origin: '', path: text };
}
