import type { Configuration } from '../../../config/configuration.js';
import { fail, type Finding, ok, warn } from '../finding.js';

const CHECK = 'mutual TLS';
const SOON_MS = 14 * 86_400_000;

/** Whether certificates of clients can reach the server (RFC 8705), and whether any can be trusted. */
export async function checkMutualTls({ serve, oauth2 }: Configuration, now = new Date()): Promise<Finding[]> {
  const { mtls } = oauth2;
  if (!mtls.enabled) return [];
  return [...checkSource(serve, mtls), ...(await checkAuthorities(mtls, now))];
}

function checkSource(
  { public: listener, mtls }: Configuration['serve'],
  { proxy }: Configuration['oauth2']['mtls'],
): Finding[] {
  if (!proxy && !mtls.enabled) {
    const change = 'Set serve.mtls.enabled, or oauth2.mtls.proxy.header and oauth2.mtls.proxy.format';
    return [warn(CHECK, 'no certificate of a client can reach the server', change)];
  }
  if (!proxy) return [ok(CHECK, `clients show their certificates at port ${mtls.port}`)];
  const headers = [proxy.header, proxy.chain_header].filter((name) => name !== undefined).join(' and ');
  if (listener.trusted_proxies.length === 0) {
    const change = 'Name the networks of the proxy there, or remove oauth2.mtls.proxy';
    return [warn(CHECK, `the header ${headers} has no effect: serve.public.trusted_proxies is empty`, change)];
  }
  const question = `Does the proxy remove the header ${headers} from every request that it receives? Nobody else may write it`;
  return [
    warn(CHECK, `certificates come in the header ${headers} of ${listener.trusted_proxies.join(', ')}`, question),
  ];
}

async function checkAuthorities(
  { certificate_authorities: sources }: Configuration['oauth2']['mtls'],
  now: Date,
): Promise<Finding[]> {
  const key = 'oauth2.mtls.certificate_authorities';
  if (sources.length === 0) {
    return [
      warn(CHECK, `${key} is empty: tls_client_auth authenticates nobody`, 'Name the authorities of your clients'),
    ];
  }
  const { CertificateAuthorityError, readAuthorities } =
    await import('../../../clients/certificates/certificate-authorities.js');
  try {
    const authorities = await readAuthorities(sources);
    const ending = authorities.filter(({ validTo }) => validTo.getTime() - now.getTime() < SOON_MS);
    if (ending.length === 0) return [ok(CHECK, `${authorities.length} certificate authorities can be used`)];
    return ending.map(({ x509, validTo }) => {
      const name = x509.subject.replaceAll('\n', ', ');
      return warn(CHECK, `the authority ${name} ends on ${validTo.toISOString().slice(0, 10)}`, `Renew it in ${key}`);
    });
  } catch (error) {
    if (!(error instanceof CertificateAuthorityError)) throw error;
    return [fail(CHECK, error.message.replace(/\.$/, ''), `Correct ${key}: the server does not start with this`)];
  }
}
