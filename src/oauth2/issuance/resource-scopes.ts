/**
 * The scopes that a protected resource knows (`scopes_supported`): an access token for exactly one such resource has no other
 * scope. The grant keeps them, so that another token may have them.
 */
import type { Configuration, ProtectedResource } from '../../config/configuration.js';
import type { AuthorizedAccess } from './authorized-access.js';

/** The scopes by their resource. */
export interface ScopeLimits {
  byResource: ReadonlyMap<string, ReadonlySet<string>>;
  /** The same for a statement: a JSON object with a list for each resource. */
  json: string;
}

const MADE = new WeakMap<readonly ProtectedResource[], ScopeLimits | 'none'>();

/** Undefined if no resource limits its tokens. They are made once for each configuration. */
export function scopeLimits({ oauth2 }: Configuration): ScopeLimits | undefined {
  const { protected_resources: listed, resource_indicators: indicators } = oauth2;
  if (!indicators.enabled || listed.length === 0) return undefined;
  const limits = MADE.get(listed) ?? limitsOf(listed);
  MADE.set(listed, limits);
  return limits === 'none' ? undefined : limits;
}

/** The same access, with the scope of a token for its audience. */
export function limitScope(access: AuthorizedAccess, configuration: Configuration): AuthorizedAccess {
  const limits = scopeLimits(configuration);
  const known = limits && onlyOne(access.audience, limits);
  if (!known) return access;
  return { ...access, scope: access.scope.filter((one) => known.has(one)), unlimitedScope: access.scope };
}

/** The same rule in SQL: null if nothing limits the scope. The arguments are SQL; `limits` is of type jsonb. */
export function limitedScopeSql({ scope, audience, limits }: Record<'scope' | 'audience' | 'limits', string>): string {
  return `case when (select count(distinct a) from unnest(${audience}) a where ${limits}::jsonb ? a) = 1
    then array(select s from unnest(${scope}) with ordinality as listed (s, place)
      where exists (select from unnest(${audience}) a where ${limits}::jsonb -> a ? s) order by place) end`;
}

/** The scopes of the resource, if exactly one of the audiences has a list. */
function onlyOne(audience: readonly string[], { byResource }: ScopeLimits): ReadonlySet<string> | undefined {
  const listed = new Set(audience.filter((one) => byResource.has(one)));
  const [resource] = listed;
  return listed.size === 1 && resource !== undefined ? byResource.get(resource) : undefined;
}

function limitsOf(listed: readonly ProtectedResource[]): ScopeLimits | 'none' {
  const lists = listed.flatMap(({ resource, scopes_supported: scopes }): [string, string[]][] =>
    scopes ? [[resource, scopes]] : [],
  );
  if (lists.length === 0) return 'none';
  return {
    byResource: new Map(lists.map(([resource, scopes]) => [resource, new Set(scopes)])),
    json: JSON.stringify(Object.fromEntries(lists)),
  };
}

/** The scope of a token by what was asked for and by its row, and by both whether a resource limited it. */
export function scopeOfToken(
  asked: string[],
  { token_scope: own }: { token_scope?: string[] | null },
): Pick<AuthorizedAccess, 'scope' | 'unlimitedScope'> {
  return own ? { scope: own, unlimitedScope: asked } : { scope: asked };
}
