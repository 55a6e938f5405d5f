import { getDomain } from 'tldts';

/** The registrable domain of a host: its owner can make any number of host names below it. */
export function domainOf(host: string): string {
  return getDomain(host, { allowPrivateDomains: true }) ?? host;
}
