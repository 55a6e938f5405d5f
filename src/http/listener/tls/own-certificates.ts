/** Self-signed certificates for listeners with TLS that have no certificate: in development mode only. */
import type { Configuration, TlsConfiguration } from '../../../config/configuration.js';
import { needsCertificate } from '../../../config/listener-tls.js';
import { deepFreeze } from '../../../config/deep-freeze.js';
import { selfSignedCertificate } from '../../../crypto/self-signed-certificate.js';
import type { ListenerName } from '../../exchange/exchange.js';

/** Every start makes a new certificate. */
const DAYS = 90;

/** The configuration with one certificate for all listeners that need it, and the messages about it for the operator. */
export async function ownCertificates(
  configuration: Configuration,
  names: readonly ListenerName[],
  at: Date,
): Promise<{ configuration: Configuration; made: string[] }> {
  const hosts = Object.values(configuration.urls.self).map((address) => new URL(address).hostname);
  const given = { commonName: 'ostiary --dev', hosts: [...new Set(hosts)], days: DAYS };
  const { cert, key } = await selfSignedCertificate(given, at);
  const pem = { cert: inBase64(cert), key: inBase64(key) };
  const serve = { ...configuration.serve };
  const without = names.filter((name) => needsCertificate(serve[name]));
  if (without.includes('public')) serve.public = { ...serve.public, tls: { ...serve.public.tls, ...pem } };
  if (without.includes('admin')) serve.admin = { ...serve.admin, tls: { ...serve.admin.tls, ...pem } };
  return { configuration: deepFreeze({ ...configuration, serve }), made: without.map(warningOf) };
}

const inBase64 = (text: string): TlsConfiguration['cert'] => ({ base64: Buffer.from(text).toString('base64') });

const warningOf = (name: ListenerName): string =>
  `The ${name} listener has a certificate that the server made itself, for development: no client trusts it. Set serve.tls.cert and serve.tls.key.`;
