import ipaddr from 'ipaddr.js';

/**
 * The address space of one subscriber: an IPv4 address, or a /64 of IPv6 (RFC 6177), in which one machine can take any
 * address. An IPv4-mapped address counts as IPv4; a text that is not an address is returned unchanged.
 */
export function addressBlock(text: string): string {
  if (!ipaddr.isValid(text)) return text;
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${address.parts.slice(0, 4).map(hex).join(':')}::/64`;
}

const hex = (part: number): string => part.toString(16);
