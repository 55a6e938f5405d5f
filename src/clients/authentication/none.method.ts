import { Injectable } from '@nestjs/common';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { type AuthenticationMethod, notAuthenticated, wrongMethod } from './authentication-method.js';
import type { ClientProof } from './client-proof.js';
import { CurrentClient } from './current-client.js';
import type { PresentedCredentials } from './presented-credentials.js';

/** RFC 6749 §2.1: a public client only sends its id, in the body or in a Basic header without secret. */
@Injectable()
export class None implements AuthenticationMethod {
  readonly name = 'none';

  constructor(private readonly currentClient: CurrentClient) {}

  isPresented({ basic, secret, assertion }: PresentedCredentials): boolean {
    return !basic?.secret && secret === undefined && assertion === undefined;
  }

  async authenticate({ basic, clientId = basic?.clientId }: PresentedCredentials): Promise<ClientProof> {
    if (clientId === undefined) {
      throw invalidRequest('The client is not named: authenticate it, or send the client_id of a public client.');
    }
    const holdsFor: ClientProof['holdsFor'] = (client) => {
      if (!client) return Promise.reject(notAuthenticated());
      if (client.isPublic) return Promise.resolve(client);
      return Promise.reject(notAuthenticated(new Error(wrongMethod(client, this.name))));
    };
    return { client: await this.currentClient.judge(clientId, holdsFor), holdsFor };
  }
}
