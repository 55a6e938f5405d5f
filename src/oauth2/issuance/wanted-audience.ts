/** The audiences that a request wants its access tokens to be for: Hydra's `audience` and `resource` (RFC 8707) in one set. */
import { requireAudience } from '../../clients/client-permissions.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { Configuration } from '../../config/configuration.js';
import { audienceParameter, resourceParameter } from '../../http/exchange/declared-parameters.js';
import { AllowedAudiences, refuseManyAudiences } from '../../protocol/audience.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import type { JsonValue } from '../../protocol/json.js';
import { invalidTarget } from '../../protocol/oauth-error.js';
import { refuseBadResources } from '../../protocol/resource.js';

/** For the declaration of an endpoint or a grant. */
export const AUDIENCE_PARAMETERS = { audience: audienceParameter, resource: resourceParameter };

interface SentAudience {
  /** The values of `audience`. */
  audience: readonly string[];
  /** The values of `resource`, as sent. */
  resource: readonly string[];
}

export interface WantedAudience {
  /** Both, without duplicates. */
  audience: string[];
  /** Those of them that came as `resource`. Absent if there is none, or while resource indicators are off. */
  resources?: string[];
}

/** Both in one set. Nothing is judged yet. */
export function wantedAudience({ audience, resource }: SentAudience, { oauth2 }: Configuration): WantedAudience {
  if (resource.length === 0 || !oauth2.resource_indicators.enabled) return { audience: [...audience] };
  return { audience: [...new Set([...audience, ...resource])], resources: [...resource] };
}

/**
 * The same, after checking the addresses, and that the client may ask for all of them.
 * @throws OAuthError invalid_target for `resource`, invalid_request for `audience`
 */
export function allowedAudience(
  sent: SentAudience,
  client: RegisteredClient,
  configuration: Configuration,
): WantedAudience {
  const wanted = wantedAudience(sent, configuration);
  requireWanted(client, wanted, configuration);
  return wanted;
}

/** @throws OAuthError invalid_target for `resource`, invalid_request for `audience` */
export function requireWanted(client: RegisteredClient, wanted: WantedAudience, configuration: Configuration): void {
  if (wanted.resources) refuseBadResources(wanted.resources);
  refuseManyAudiences(wanted.audience);
  requireAudience(client, wanted, configuration);
}

/**
 * What is asked for in detail must be at the resources that the request names: each of the `locations` (RFC 9396 §2.2) equals
 * one of its audiences or lies below it. Without `resource` any location may be asked for.
 * @throws OAuthError invalid_target
 */
export function requireLocations(
  details: readonly AuthorizationDetail[] | undefined,
  { audience, resources }: Pick<WantedAudience, 'audience' | 'resources'>,
): void {
  if (!details || !resources) return;
  const audiences = new AllowedAudiences(audience);
  for (const { locations } of details) {
    const outside = locationsOf(locations).find((location) => !audiences.permits(location));
    if (outside === undefined) continue;
    throw invalidTarget(`Name the location '${outside}' of 'authorization_details' as a 'resource' too.`);
  }
}

const locationsOf = (locations: JsonValue | undefined): string[] =>
  Array.isArray(locations) ? locations.filter((one) => typeof one === 'string') : [];
