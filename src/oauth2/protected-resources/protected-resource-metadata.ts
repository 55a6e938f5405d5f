/** Metadata of the APIs that this server protects (RFC 9728), from the configuration. */
import type { Configuration, ProtectedResource } from '../../config/configuration.js';

/** RFC 9728 §2. */
export interface ProtectedResourceMetadata extends Omit<ProtectedResource, 'any_client'> {
  authorization_servers: string[];
  bearer_methods_supported: string[];
}

const ROOT = '/.well-known/oauth-protected-resource';

export function metadataOf(listed: ProtectedResource, { urls }: Configuration): ProtectedResourceMetadata {
  const { any_client: _, ...resource } = listed; // a rule of this server, and no member of the document
  return { ...resource, authorization_servers: [urls.self.issuer], bearer_methods_supported: ['header'] };
}

/**
 * The resource whose metadata has this address: the path of the resource stands behind the well-known one (RFC 9728 §3.1).
 * @param host the header of the request
 * @param path with the query, if there is one
 */
export function resourceAt(
  host: string | undefined,
  path: string,
  resources: readonly ProtectedResource[],
): ProtectedResource | undefined {
  return resources.find(({ resource }) => {
    const { protocol, host: ownHost, pathname, search } = new URL(resource);
    const behind = pathname === '/' ? '' : pathname;
    if (path !== ROOT + behind + search || host === undefined) return false;
    return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === ownHost;
  });
}
