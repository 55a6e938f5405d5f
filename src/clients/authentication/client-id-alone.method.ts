import { Inject, Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { CertificateRefused } from '../certificates/certificate-refused.js';
import { RegisteredClient } from '../registered-client.js';
import { type AuthenticationMethod, notAuthenticated, wrongMethod } from './authentication-method.js';
import type { ClientProof } from './client-proof.js';
import { CurrentClient } from './current-client.js';
import type { PresentedCredentials } from './presented-credentials.js';
import { REGISTERED_METHODS, type RegisteredMethod } from './registered-method.js';

/**
 * The client only names itself: it is public, or the certificate of its connection authenticates it (RFC 8705 §2). A
 * certificate beside a secret or an assertion is no second method.
 */
@Injectable()
export class ClientIdAlone implements AuthenticationMethod {
  constructor(
    @Inject(REGISTERED_METHODS) private readonly methods: readonly RegisteredMethod[],
    private readonly currentClient: CurrentClient,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  isPresented({ basic, secret, assertion }: PresentedCredentials): boolean {
    return !basic?.secret && secret === undefined && assertion === undefined;
  }

  async authenticate(credentials: PresentedCredentials, now: Date): Promise<ClientProof> {
    const clientId = credentials.clientId ?? credentials.basic?.clientId;
    if (clientId === undefined) {
      throw invalidRequest('The client is not named: authenticate it, or send the client_id of a public client.');
    }
    const holdsFor: ClientProof['holdsFor'] = (client) => this.prove(client, credentials, now);
    try {
      return { client: await this.currentClient.judge(clientId, holdsFor, credentials), holdsFor };
    } catch (error) {
      this.report(error, clientId, now);
      throw error;
    }
  }

  private async prove(
    client: RegisteredClient | undefined,
    credentials: PresentedCredentials,
    now: Date,
  ): Promise<RegisteredClient> {
    if (!client) throw notAuthenticated();
    const method = this.methods.find(({ name }) => name === client.authMethod);
    if (!method) throw notAuthenticated(new Error(wrongMethod(client, 'none')));
    try {
      await method.prove(client, credentials, now);
      return client;
    } catch (error) {
      throw error instanceof CertificateRefused ? notAuthenticated(error) : error;
    }
  }

  private report(error: unknown, clientId: string, at: Date): void {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof CertificateRefused) || !this.config.current.oauth2.mtls.enabled) return;
    this.events.publish({ type: 'mtls.rejected', at, clientId, reason: cause.reason });
  }
}
