import { X509Certificate } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RemoteKeysUnreachable } from '../../jwt/remote-key-sets.js';
import { isValidAt } from '../certificates/certificate-path.js';
import { CertificateRefused } from '../certificates/certificate-refused.js';
import { ClientKeys } from '../client-keys.js';
import type { RegisteredClient } from '../registered-client.js';
import { notAuthenticated } from './authentication-method.js';
import type { PresentedCredentials } from './presented-credentials.js';
import type { RegisteredMethod } from './registered-method.js';
import { requireCertificate } from './require-certificate.js';

/** RFC 8705 §2.2: the very certificate that the client registered with one of its keys. Nobody need have issued it. */
@Injectable()
export class SelfSignedTlsClientAuth implements RegisteredMethod {
  readonly name = 'self_signed_tls_client_auth';

  constructor(private readonly keys: ClientKeys) {}

  async prove(client: RegisteredClient, credentials: PresentedCredentials, now: Date): Promise<void> {
    const { leaf } = requireCertificate(credentials);
    if (!(await this.holds(client, leaf))) throw new CertificateRefused('not_registered');
    if (!isValidAt(validityOf(leaf), now)) throw new CertificateRefused('expired');
  }

  private async holds(client: RegisteredClient, leaf: Buffer): Promise<boolean> {
    try {
      return await this.keys.hold(client, leaf);
    } catch (error) {
      throw error instanceof RemoteKeysUnreachable ? notAuthenticated(error) : error;
    }
  }
}

function validityOf(der: Buffer): { validFrom: Date; validTo: Date } {
  try {
    const { validFrom, validTo } = new X509Certificate(der);
    return { validFrom: new Date(validFrom), validTo: new Date(validTo) };
  } catch {
    throw new CertificateRefused('unreadable');
  }
}
