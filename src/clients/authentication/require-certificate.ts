import type { PresentedCertificate } from '../../http/client-certificate/presented-certificate.js';
import { CertificateRefused } from '../certificates/certificate-refused.js';
import { notAuthenticated } from './authentication-method.js';
import type { PresentedCredentials } from './presented-credentials.js';

/**
 * The certificate that is to authenticate a client. RFC 8705 §2: the request names the client with `client_id`.
 * @throws CertificateRefused; OAuthError invalid_client
 */
export function requireCertificate({ clientId, certificate }: PresentedCredentials): PresentedCertificate {
  if (clientId === undefined) throw notAuthenticated(new Error('The body has no client_id.'));
  const presented = certificate();
  if (!presented) throw new CertificateRefused('no_certificate');
  if (presented === 'unreadable') throw new CertificateRefused('unreadable');
  return presented;
}
