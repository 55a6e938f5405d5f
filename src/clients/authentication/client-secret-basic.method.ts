import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../registered-client.js';
import { type AuthenticationMethod, notAuthenticated } from './authentication-method.js';
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

  authenticate({ basic }: PresentedCredentials): Promise<RegisteredClient> {
    if (!basic) throw notAuthenticated();
    return this.bySecret.authenticate(this.name, basic.clientId, basic.secret);
  }
}
