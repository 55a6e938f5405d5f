import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress } from './client-address.js';

const from = (remoteAddress: string | undefined, forwarded?: string): IncomingMessage => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
};
const PROXIES = ['10.0.0.0/8', 'fd00::/8'];

describe('the address of a client', () => {
  it('is that of the connection where no proxy is trusted', () => {
    expect(clientAddress(from('10.0.0.1', '203.0.113.9'), [])).toBe('10.0.0.1');
    expect(clientAddress(from(undefined, '203.0.113.9'), [])).toBe('');
  });

  it('is an IPv4 address on a dual-stack listener where the client speaks IPv4', () => {
    expect(clientAddress(from('::ffff:203.0.113.9'), [])).toBe('203.0.113.9');
    expect(clientAddress(from('::ffff:10.0.0.1', '::ffff:203.0.113.9'), PROXIES)).toBe('203.0.113.9');
    expect(clientAddress(from('::ffff:a00:1'), [])).toBe('::ffff:a00:1');
  });

  it.each([
    ['10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['fd00::1', '2001:db8::9', '2001:db8::9'],
    ['10.0.0.1', '203.0.113.9, 10.2.2.2, 10.3.3.3', '203.0.113.9'],
    ['10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['10.0.0.1', '[2001:db8::9]:4711', '2001:db8::9'],
    ['10.0.0.1', '10.9.9.9', '10.9.9.9'],
  ])('behind the trusted %s is the one named in "%s"', (peer, forwarded, expected) => {
    expect(clientAddress(from(peer, forwarded), PROXIES)).toBe(expected);
  });

  it.each([
    ['198.51.100.7', '203.0.113.9', '198.51.100.7'],
    ['10.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.1', '203.0.113.9, unknown', '10.0.0.1'],
    ['10.0.0.1', '1.1.1.1, <script>, 10.2.2.2', '10.2.2.2'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', undefined, '10.0.0.1'],
  ])('for %s is not what a stranger wrote in "%s"', (peer, forwarded, expected) => {
    expect(clientAddress(from(peer, forwarded), PROXIES)).toBe(expected);
  });

  it('on a unix socket is the one that the local proxy named', () => {
    expect(clientAddress(from(undefined, '1.1.1.1, 203.0.113.9'), PROXIES)).toBe('203.0.113.9');
  });
});
