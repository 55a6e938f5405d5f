import { describe, expect, it } from 'vitest';
import { isException, isPublicAddress } from './address-guard.js';

describe('a public address', () => {
  it.each(['93.184.216.34', '8.8.8.8', '172.32.0.1', '2606:4700::1111', '2a00:1450::1'])('is %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '240.0.0.1',
    '::1',
    '::',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '4000::1',
    'nonsense',
    '',
  ])('is not %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('an exception', () => {
  const excepts = (glob: string, url: string) => isException([glob], new URL(url));

  it('is a whole URL without its query', () => {
    expect(excepts('http://hook.local/x', 'http://hook.local/x?y=1')).toBe(true);
    expect(excepts('http://hook.local/x?y=1', 'http://hook.local/x')).toBe(true);
    expect(excepts('http://hook.local/x', 'http://hook.local/xy')).toBe(false);
    expect(excepts('http://hook.local/x', 'https://hook.local/x')).toBe(false);
    expect(excepts('http://hookXlocal/x', 'http://hook.local/x')).toBe(false);
  });

  it('has single stars that stop at dots and slashes, and double stars that do not', () => {
    expect(excepts('http://*.local/*', 'http://hook.local/x')).toBe(true);
    expect(excepts('http://*.local/*', 'http://a.b.local/x')).toBe(false);
    expect(excepts('http://*.local/*', 'http://hook.local/x/y')).toBe(false);
    expect(excepts('http://hook.local/**', 'http://hook.local/x/y')).toBe(true);
  });
});
