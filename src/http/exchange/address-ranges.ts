/** A set of networks in CIDR notation, which tells whether an address lies in one of them. */
import { BlockList, isIP } from 'node:net';

export class AddressRanges {
  private readonly list = new BlockList();

  /** @param networks such as `10.0.0.0/8`; the JSON schema has checked them */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', bits = ''] = network.split('/');
      this.list.addSubnet(address, Number(bits), familyOf(address));
    }
  }

  /** An IPv4 address counts in its IPv6 form too. A text that is not an address lies in no network. */
  contains(address: string | undefined): boolean {
    return address !== undefined && isIP(address) > 0 && this.list.check(address, familyOf(address));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
