/** Decides which addresses an outbound request may reach when a stranger chose its target (server-side request forgery). */
import ipaddr from 'ipaddr.js';
import { UrlGlob } from './url-glob.js';

/** The IPv6 space that is allocated at all (RFC 4291 §2.4): everything outside is special, named or not. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether the address is an ordinary public one: not private, loopback, link-local, unique local, carrier-grade NAT,
 * multicast, documentation or otherwise reserved (RFC 6890), and not an IPv6 form that carries an IPv4 address.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text); // an IPv4-mapped address is judged as the IPv4 address
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST);
}

/** Whether the address is one of this machine (RFC 6890). */
export function isLoopback(text: string): boolean {
  return ipaddr.isValid(text) && ipaddr.process(text).range() === 'loopback';
}

/**
 * Whether the operator exempts the URL (`clients.http.private_ip_exception_urls`): globs are compared with the URL without
 * its query; `*` matches anything but `.` and `/`, `**` matches anything.
 */
export function isException(globs: readonly string[], url: URL): boolean {
  const bare = `${url.protocol}//${url.host}${url.pathname}`;
  return globs.some((glob) => new UrlGlob(glob.split(/[?#]/, 1)[0] ?? '').matches(bare));
}
