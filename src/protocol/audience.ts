/**
 * Audiences of access tokens (the reference's `audience` parameter). A registered audience permits itself and, read as
 * a URL, every path below it: `https://api/x` permits `https://api/x/y`, not `https://api/xy`.
 */

/** The first wanted audience that the client may not ask for, if any. */
export function firstRefusedAudience(allowed: readonly string[], wanted: readonly string[]): string | undefined {
  return wanted.find((audience) => !allowed.some((registered) => permits(registered, audience)));
}

/** `audience` may be repeated or hold several values separated by spaces. */
export function parseAudience(values: readonly string[]): string[] {
  return [...new Set(values.flatMap((value) => value.split(/\s+/)).filter(Boolean))];
}

function permits(registered: string, wanted: string): boolean {
  if (/[\u0000-\u001f\u007f]/.test(wanted)) return false;
  if (registered === wanted) return true;
  const have = parts(registered);
  const want = parts(wanted);
  if (!have || !want || have.origin !== want.origin) return false;
  const base = have.path.replace(/\/+$/, '');
  return want.path === base || want.path.startsWith(`${base}/`);
}

/** Scheme with host, and path. What is no URL is all path. A URL with dots that climb is refused by being normalised. */
function parts(text: string): { origin: string; path: string } | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    return { origin: `${url.protocol}//${url.host}`, path: url.pathname };
  }
  return text.split('/').includes('..') ? undefined : { origin: '', path: text };
}
