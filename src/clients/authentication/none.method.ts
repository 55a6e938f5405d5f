import { Injectable } from '@nestjs/common';
import { invalidRequest } from '../../protocol/oauth-error.js';
import type { RegisteredClient } from '../registered-client.js';
import { type AuthenticationMethod, notAuthenticated, requireMethod } from './authentication-method.js';
import { CurrentClient } from './current-client.js';
import type { PresentedCredentials } from './presented-credentials.js';

/** RFC 6749 §2.1: a public client only names itself, in the body or in a Basic header without secret. */
@Injectable()
export class None implements AuthenticationMethod {
  readonly name = 'none';

  constructor(private readonly currentClient: CurrentClient) {}

  isPresented({ basic, secret, assertion }: PresentedCredentials): boolean {
    return !basic?.secret && secret === undefined && assertion === undefined;
  }

  async authenticate({ basic, clientId = basic?.clientId }: PresentedCredentials): Promise<RegisteredClient> {
    if (clientId === undefined) {
      throw invalidRequest('The client is not named: authenticate it, or send the client_id of a public client.');
    }
    return this.currentClient.judge(clientId, (client) => {
      if (!client) return Promise.reject(notAuthenticated());
      requireMethod(client, this.name);
      return Promise.resolve(client);
    });
  }
}
