import type { IncomingMessage } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { certificate, type Certificate } from '../../../test/support/certificates.js';
import type { Configuration, MutualTlsConfiguration } from '../../config/configuration.js';
import type { ListenerName } from '../exchange/exchange.js';
import { clientCertificate, isCertificateRepeated } from './client-certificate.js';

let own: Certificate;
let issuer: Certificate;
beforeAll(async () => {
  [own, issuer] = await Promise.all([certificate(), certificate()]);
});

const PROXY = { header: 'client-cert', chain_header: 'client-cert-chain', format: 'rfc9440' } as const;
const configured = (mtls: Partial<MutualTlsConfiguration> = {}, trusted = ['10.0.0.0/8']): Configuration =>
  ({
    oauth2: { mtls: { enabled: true, proxy: PROXY, ...mtls } },
    serve: { public: { trusted_proxies: trusted } },
  }) as unknown as Configuration;

function received(
  headers: Record<string, string[]>,
  { listener = 'public', peer = '10.1.2.3' }: { listener?: ListenerName; peer?: string } = {},
) {
  const joined = Object.entries(headers).map(([name, values]) => [name, values.join(', ')] as const);
  const request = { headers: Object.fromEntries(joined), headersDistinct: headers, socket: { remoteAddress: peer } };
  return { listener, request: request as unknown as IncomingMessage };
}
const item = (one: Certificate): string => `:${one.der.toString('base64')}:`;
const sent = () => ({ 'client-cert': [item(own)] });

describe('the certificate in a header', () => {
  it('counts from a trusted proxy, with the issuers in the second header', () => {
    expect(clientCertificate(received(sent()), configured())).toEqual({ leaf: own.der, chain: [] });
    const both = { ...sent(), 'client-cert-chain': [item(issuer)] };
    expect(clientCertificate(received(both), configured())).toEqual({ leaf: own.der, chain: [issuer.der] });
    const alone = configured({ proxy: { header: 'client-cert', format: 'rfc9440' } });
    expect(clientCertificate(received(both), alone)).toEqual({ leaf: own.der, chain: [] });
  });

  it.each([
    ['from another peer', () => received(sent(), { peer: '192.0.2.1' }), configured()],
    ['where no proxy is trusted', () => received(sent()), configured({}, [])],
    ['on the admin listener', () => received(sent(), { listener: 'admin' }), configured()],
    [
      'on the listener for mutual TLS, without a certificate of the connection',
      () => received(sent(), { listener: 'mtls' }),
      configured(),
    ],
    ['while mutual TLS is off', () => received(sent()), configured({ enabled: false })],
    ['where no header is configured', () => received(sent()), configured({ proxy: undefined })],
    ['in a header of another name', () => received({ 'x-client-cert': [item(own)] }), configured()],
    ['that is empty', () => received({ 'client-cert': [' '] }), configured()],
  ])('is nothing %s', (_, request, configuration) => {
    expect(clientCertificate(request(), configuration)).toBeUndefined();
    expect(isCertificateRepeated(received({ 'client-cert': ['a', 'b'] }, { peer: '192.0.2.1' }), configuration)).toBe(
      false,
    );
  });

  it.each([
    ['another format', () => ({ 'client-cert': [encodeURIComponent(own.cert)] })],
    ['something that is no certificate', () => ({ 'client-cert': [':aGVsbG8=:'] })],
    ['a certificate that is cut off', () => ({ 'client-cert': [`:${own.der.subarray(0, -1).toString('base64')}:`] })],
    [
      'a certificate with something behind it',
      () => ({ 'client-cert': [`:${Buffer.concat([own.der, own.der]).toString('base64')}:`] }),
    ],
    ['issuers in another format', () => ({ ...sent(), 'client-cert-chain': ['x'] })],
    [
      'nine issuers',
      () => ({ ...sent(), 'client-cert-chain': [Array.from({ length: 9 }, () => item(issuer)).join(', ')] }),
    ],
    ['more than 32 KiB', () => ({ ...sent(), 'client-cert-chain': ['x'.repeat(32_768)] })],
    ['a certificate of more than 16 KiB', () => ({ 'client-cert': [`:${large(17_000).toString('base64')}:`] })],
  ])('is unreadable with %s', (_, headers) => {
    expect(clientCertificate(received(headers()), configured())).toBe('unreadable');
  });

  it('is repeated in two headers of a trusted proxy (RFC 9440 §4)', () => {
    const twice = { 'client-cert': [item(own), item(own)] };
    expect(isCertificateRepeated(received(twice), configured())).toBe(true);
    expect(isCertificateRepeated(received(sent()), configured())).toBe(false);
    const chain = { ...sent(), 'client-cert-chain': [item(issuer), item(issuer)] };
    expect(isCertificateRepeated(received(chain), configured())).toBe(true);
    for (const configuration of [configured({}, []), configured({ enabled: false })])
      expect(isCertificateRepeated(received(twice), configuration)).toBe(false);
    expect(isCertificateRepeated(received(twice, { listener: 'mtls' }), configured())).toBe(false);
  });
});

/** A DER sequence of this length. */
function large(length: number): Buffer {
  const der = Buffer.alloc(length);
  der.writeUInt16BE(0x3082);
  der.writeUInt16BE(length - 4, 2);
  return der;
}
