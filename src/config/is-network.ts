import { isIP } from 'node:net';

/** Whether this is a network such as `10.0.0.0/8` or `fd00::/8` (RFC 4632, RFC 4291). */
export function isNetwork(text: string): boolean {
  const [address = '', bits = '', more] = text.split('/');
  const version = isIP(address);
  return version > 0 && more === undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
