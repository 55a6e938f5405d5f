import { Injectable } from '@nestjs/common';
import { type AuthenticationMethod, notAuthenticated } from './authentication-method.js';
import type { ClientProof } from './client-proof.js';
import type { PresentedCredentials } from './presented-credentials.js';
import { SecretAuthentication } from './secret-authentication.js';

/** RFC 6749 §2.3.1: id and secret in the Authorization header. */
@Injectable()
export class ClientSecretBasic implements AuthenticationMethod {
  readonly name = 'client_secret_basic';

  constructor(private readonly bySecret: SecretAuthentication) {}

  isPresented({ basic }: PresentedCredentials): boolean {
    return basic !== undefined && basic.secret !== '';
  }

  authenticate({ basic, address }: PresentedCredentials): Promise<ClientProof> {
    if (!basic) throw notAuthenticated();
    return this.bySecret.authenticate(this.name, { ...basic, address });
  }
}
