import type { Configuration } from '../config/configuration.js';
import type { ClientMetadata } from './client-metadata.js';

/**
 * Whether the server may call URLs of the client in private address ranges: for a client that a stranger registered never,
 * except in development; for a client of the operator unless `clients.http.disallow_private_ip_ranges` is set.
 */
export function mayReachPrivate(
  metadata: Pick<ClientMetadata, 'dynamically_registered'>,
  { dev, clients }: Configuration,
): boolean {
  if (clients.http.disallow_private_ip_ranges) return false;
  return dev || !metadata.dynamically_registered;
}
