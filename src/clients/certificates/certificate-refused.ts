import type { PathFault } from './certificate-path.js';

export type RefusalReason =
  PathFault | 'no_certificate' | 'unreadable' | 'repeated' | 'expired' | 'wrong_subject' | 'not_registered';

/** Why the certificate of a client does not authenticate it. Only the event has the reason: callers get one text for all. */
export class CertificateRefused extends Error {
  constructor(readonly reason: RefusalReason) {
    super(`The certificate is refused: ${reason}.`);
    this.name = 'CertificateRefused';
  }
}
