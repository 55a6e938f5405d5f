import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { selfSignedCertificate } from './self-signed-certificate.js';

it('a certificate for this machine is signed by its own key and names the hosts', async () => {
  const at = new Date('2026-01-31T12:00:00Z');
  const { key, cert } = await selfSignedCertificate(
    { commonName: 'a test', hosts: ['app.example', '192.0.2.7', '[2001:db8::7]'], days: 7 },
    at,
  );
  const found = new X509Certificate(cert);
  expect(found.verify(found.publicKey)).toBe(true);
  expect(found.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect([found.checkHost('localhost'), found.checkHost('app.example')]).toEqual(['localhost', 'app.example']);
  for (const address of ['127.0.0.1', '::1', '192.0.2.7', '2001:db8::7']) expect(found.checkIP(address)).toBe(address);
  expect(found.subject).toBe('CN=a test');
  expect([found.checkIP('127.0.0.1'), found.checkHost('other.example')]).toEqual(['127.0.0.1', undefined]);
  expect([found.validFrom, found.validTo].map((text) => new Date(text).toISOString())).toEqual([
    '2026-01-30T12:00:00.000Z',
    '2026-02-07T12:00:00.000Z',
  ]);
});
