import type { Configuration } from '../config/configuration.js';
import type { ClientMetadata } from './client-metadata.js';

/**
 * Whether the server may call URLs of the client in private address ranges. Those that a stranger registered never, save
 * in development; those of an operator unless `clients.http.disallow_private_ip_ranges`.
 */
export function mayReachPrivate(
  metadata: Pick<ClientMetadata, 'dynamically_registered'>,
  { dev, clients }: Configuration,
): boolean {
  if (clients.http.disallow_private_ip_ranges) return false;
  return dev || !metadata.dynamically_registered;
}
