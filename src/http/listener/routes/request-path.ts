/** Parses the target of a request, before any route is looked up. */
import type { ListenerName } from '../../exchange/exchange.js';

const ADMIN_PREFIX = '/admin';
/** Administration routes whose own path has no prefix; the public listener does not serve them. */
const ADMIN_ONLY: readonly string[] = ['/version'];
const HIDDEN = new RegExp(`^(?:${[ADMIN_PREFIX, ...ADMIN_ONLY].join('|')})(?!\\w)`, 'i');
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** The paths of health checks and metrics; their answers hold nothing secret. */
const PROBE = /^(?:\/admin)?(?:\/health\/(?:alive|ready)|\/metrics\/prometheus)$/;

/** Whether a path is one of health checks or metrics. */
export function isProbe(path: string): boolean {
  return PROBE.test(path);
}

/** Splits the request target. Of the absolute form (RFC 9112 §3.2.2) the path in it counts. */
export function splitTarget(target: string): { path: string; rawQuery: string } {
  const local = target.startsWith('/') ? target : target.replace(ORIGIN, '').replace(/^(?=\?|$)/, '/');
  const mark = local.indexOf('?');
  return mark < 0 ? { path: local, rawQuery: '' } : { path: local.slice(0, mark), rawQuery: local.slice(mark + 1) };
}

/** Removes one trailing slash; on the admin listener adds `/admin` in front where the path does not begin with it. */
export function normalisePath(listener: ListenerName, path: string): string {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  return listener === 'admin' ? adminPath(bare) : bare;
}

function adminPath(path: string): string {
  const prefixed = path.startsWith(ADMIN_PREFIX) ? path : `${ADMIN_PREFIX}${path}`;
  const bare = prefixed.slice(ADMIN_PREFIX.length);
  return ADMIN_ONLY.includes(bare) ? bare : prefixed;
}

/** The path with a placeholder for its last segment; unchanged where that is empty or percent-encoded. */
export function withParameter(path: string): string {
  const segment = lastSegment(path);
  return segment === '' || segment.includes('%') ? path : `${path.slice(0, -segment.length)}{param}`;
}

/** The text behind the last slash: the parameter of a hot route. */
export function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The public listener serves no administration route, whatever Express knows and however the path is spelt. */
export function isHidden(listener: ListenerName, path: string): boolean {
  return listener === 'public' && HIDDEN.test(path);
}
