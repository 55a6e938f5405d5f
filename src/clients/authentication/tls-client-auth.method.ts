import { Injectable } from '@nestjs/common';
import { CertificateRefused } from '../certificates/certificate-refused.js';
import { ClientCertificates } from '../certificates/client-certificates.js';
import { givenSubjectMembers } from '../certificates/subject-members.js';
import type { RegisteredClient } from '../registered-client.js';
import type { PresentedCredentials } from './presented-credentials.js';
import type { RegisteredMethod } from './registered-method.js';
import { requireCertificate } from './require-certificate.js';

/** RFC 8705 §2.1: a certificate of an authority that the operator trusts, for the name that the client registered. */
@Injectable()
export class TlsClientAuth implements RegisteredMethod {
  readonly name = 'tls_client_auth';

  constructor(private readonly certificates: ClientCertificates) {}

  async prove({ metadata }: RegisteredClient, credentials: PresentedCredentials, now: Date): Promise<void> {
    const presented = requireCertificate(credentials);
    const [registered, ...others] = givenSubjectMembers(metadata);
    if (!registered || others.length > 0) throw new CertificateRefused('not_registered');
    const { member, value } = registered;
    const expected = await member.canonical(value);
    const names = await this.certificates.names(presented, now);
    if (expected === undefined || !names[member.kind].includes(expected)) throw new CertificateRefused('wrong_subject');
  }
}
