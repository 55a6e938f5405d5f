/** Which addresses an outbound request may reach where its target came from a stranger (server-side request forgery). */
import ipaddr from 'ipaddr.js';

/** IPv6 addresses that are handed out at all (RFC 4291 §2.4): what lies outside is special even where it has no name yet. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether the address is an ordinary public one: not private, loopback, link-local, unique local, carrier-grade NAT,
 * multicast, documentation or otherwise reserved (RFC 6890), and no IPv6 form that carries an IPv4 address.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text); // an IPv4-mapped address is judged as the IPv4 one
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST);
}

/**
 * Whether the operator exempts the URL (`clients.http.private_ip_exception_urls`): globs compared with the URL without
 * its query, where `*` stands for anything but `.` and `/`, `**` for anything.
 */
export function isException(globs: readonly string[], url: URL): boolean {
  const bare = `${url.protocol}//${url.host}${url.pathname}`;
  return globs.some((glob) => toPattern(glob.replace(/[?#].*$/, '')).test(bare));
}

function toPattern(glob: string): RegExp {
  const pattern = glob.replace(/\*\*|\*|[^*]+/g, (part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^./]*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${pattern}$`);
}
