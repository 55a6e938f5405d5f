// What a server and its clients need for mutual TLS (RFC 8705): an authority that issued the certificate of the clients, which
// is the server's as well, and a port. Generators get it with the target.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
export const SUBJECT = 'CN=bench,O=Ostiary';

async function issued(subject, by) {
  const keys = await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
  const { issuer, signingKey } = by ?? { issuer: subject, signingKey: keys.privateKey };
  const made = await X509CertificateGenerator.create(
    {
      ...{ subject, issuer, signingKey, publicKey: keys.publicKey, signingAlgorithm: EC },
      ...{ notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) },
      extensions: [new BasicConstraintsExtension(!by, undefined, true)],
    },
    webcrypto,
  );
  return { cert: made.toString('pem'), keys };
}

export async function mutualTls(port) {
  const authority = await issued('CN=Authority');
  const { cert, keys } = await issued('O=Ostiary, CN=bench', {
    issuer: 'CN=Authority',
    signingKey: authority.keys.privateKey,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`;
  return { port, cert, key, authority: authority.cert };
}

const inBase64 = (text) => ({ base64: Buffer.from(text).toString('base64') });

/** The configuration with it. */
export const withMutualTls = (configuration, { port, cert, key, authority }) => ({
  ...configuration,
  serve: {
    ...configuration.serve,
    mtls: { enabled: true, host: '127.0.0.1', port, tls: { cert: inBase64(cert), key: inBase64(key) } },
  },
  oauth2: { ...configuration.oauth2, mtls: { enabled: true, certificate_authorities: [inBase64(authority)] } },
});
