import { Injectable } from '@nestjs/common';
import { invalidRequest } from '../../protocol/oauth-error.js';
import type { AuthenticationMethod } from './authentication-method.js';
import type { ClientProof } from './client-proof.js';
import type { PresentedCredentials } from './presented-credentials.js';
import { SecretAuthentication } from './secret-authentication.js';

/** RFC 6749 §2.3.1: id and secret in the body. */
@Injectable()
export class ClientSecretPost implements AuthenticationMethod {
  readonly name = 'client_secret_post';

  constructor(private readonly bySecret: SecretAuthentication) {}

  isPresented({ secret }: PresentedCredentials): boolean {
    return secret !== undefined;
  }

  async authenticate({ clientId, secret, address }: PresentedCredentials): Promise<ClientProof> {
    if (clientId === undefined || secret === undefined) {
      throw invalidRequest('The client_id is missing from the body: client_secret needs it beside.');
    }
    return this.bySecret.authenticate(this.name, { clientId, secret, address });
  }
}
