import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load-configuration.js';
import { ownCertificates } from './own-certificates.js';
import { readTlsMaterial } from './tls-material.js';

it('listeners without a certificate get a self-signed one for their names, and the operator is told', async () => {
  const env = {
    DEV: 'true',
    SERVE_TLS_ENABLED: 'true',
    SERVE_ADMIN_TLS_CERT_PATH: '/c',
    SERVE_ADMIN_TLS_KEY_PATH: '/k',
    URLS_SELF_ISSUER: 'https://id.test/',
  };
  const given = loadConfiguration({ files: [], env, generatedSecret: 'a-system-secret-of-a-test' });
  const { configuration, made } = await ownCertificates(given, ['public', 'admin'], new Date());
  const certificate = new X509Certificate(readTlsMaterial(configuration.serve.public.tls).cert);
  expect([certificate.checkHost('id.test'), certificate.checkIP('127.0.0.1')]).toEqual(['id.test', '127.0.0.1']);
  expect(configuration.serve.admin.tls).toMatchObject({ cert: { path: '/c' }, key: { path: '/k' } });
  expect(made).toEqual([expect.stringMatching(/^The public listener has a certificate that the server made itself/)]);
  expect(given.serve.public.tls.cert).toEqual({});
});
