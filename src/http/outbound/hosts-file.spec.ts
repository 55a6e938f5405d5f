import { describe, expect, it } from 'vitest';
import { addressesOfMachine } from './hosts-file.js';

const FILE = `
127.0.0.1\tlocalhost
# 192.0.2.9 hook.example
192.0.2.1   hook.example  Hook   # the first
2001:db8::1 hook.example
nonsense    hook.example
`;
const of = (host: string) => addressesOfMachine(host, () => FILE).map(({ address, family }) => `${family} ${address}`);

describe('the names of the machine', () => {
  it.each([
    ['hook.example', ['4 192.0.2.1', '6 2001:db8::1']],
    ['HOOK.example.', ['4 192.0.2.1', '6 2001:db8::1']],
    ['hook', ['4 192.0.2.1']],
    ['localhost', ['4 127.0.0.1']],
    ['example', []],
  ])('have for %s the addresses %j', (host, addresses) => {
    expect(of(host)).toEqual(addresses);
  });

  it('have the loopback addresses for localhost where no file says so (RFC 6761 §6.3)', () => {
    for (const host of ['localhost', 'a.localhost.']) {
      expect(addressesOfMachine(host, () => '').map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
    }
  });

  it('are read from the file of the system', () => {
    expect(addressesOfMachine('localhost')[0]?.address).toMatch(/^(127\.0\.0\.1|::1)$/);
  });
});
