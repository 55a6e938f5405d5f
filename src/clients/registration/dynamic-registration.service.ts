/** Clients that register and manage themselves (RFC 7591, RFC 7592). */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { EventType } from '../../events/domain-event.js';
import { Events } from '../../events/events.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import type { ClientEntity } from '../client.entity.js';
import { OAuth2ClientDto } from '../client.dto.js';
import { parseClientDocument } from '../client-document.js';
import { ClientRegistration, type Written } from '../client-registration.js';
import { type ClientChanges, ClientWriter } from '../client-writer.js';
import { ClientsService } from '../clients.service.js';
import { refuseForbiddenFields } from './forbidden-fields.js';
import { notEntitled, registrationTokenDigest, requireRegistrationToken } from './registration-token.js';

@Injectable()
export class DynamicRegistration {
  constructor(
    private readonly clients: ClientsService,
    private readonly registration: ClientRegistration,
    private readonly writer: ClientWriter,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** The server chooses id and secret. @throws OAuthError 400 */
  async register(body: unknown, now: Date): Promise<OAuth2ClientDto> {
    const document = await parseClientDocument(OAuth2ClientDto, body);
    refuseForbiddenFields(document, 'creation');
    const clientId = randomUUID();
    const written = await this.registration.create(clientId, document, { dynamic: true, now });
    this.report('client.registered', clientId, now);
    return this.shown(written);
  }

  /** @throws OAuthError 401 */
  async get(clientId: string, authorization: string | undefined): Promise<OAuth2ClientDto> {
    const digest = this.digestOf(authorization);
    const client = await this.clients.find(clientId);
    requireRegistrationToken(digest, client?.entity.registrationTokenDigest);
    if (!client) throw notEntitled();
    return this.shown({ client });
  }

  /** Replaces the client. Its secret stays, its registration token is a new one. @throws OAuthError 400, 401, 403 */
  async replace(
    clientId: string,
    authorization: string | undefined,
    body: unknown,
    now: Date,
  ): Promise<OAuth2ClientDto> {
    const digest = this.digestOf(authorization);
    let secret: string | undefined;
    const next = this.registration.mintRegistrationToken(now);
    const change = async (current: ClientEntity): Promise<ClientChanges> => {
      requireRegistrationToken(digest, current.registrationTokenDigest);
      const document = await parseClientDocument(OAuth2ClientDto, body);
      refuseForbiddenFields(document, 'change');
      const replacement = await this.registration.replacement(current, document, true);
      secret = replacement.secret;
      return { ...replacement.changes, registrationTokenDigest: next.digest };
    };
    const client = await hidingUnknown(this.writer.change(clientId, now, change));
    this.report('client.updated', clientId, now);
    return this.shown({ client, secret, registrationToken: next.token });
  }

  /** @throws OAuthError 401 */
  async delete(clientId: string, authorization: string | undefined, now: Date): Promise<void> {
    const digest = this.digestOf(authorization);
    const permit = (current: ClientEntity): void => {
      requireRegistrationToken(digest, current.registrationTokenDigest);
    };
    await hidingUnknown(this.writer.delete(clientId, permit));
    this.report('client.deleted', clientId, now);
  }

  private digestOf(authorization: string | undefined): Buffer {
    return registrationTokenDigest(authorization, this.config.current.secrets.system);
  }

  /** What the administrator noted about the client is not the client's to read. */
  private shown(written: Written): OAuth2ClientDto {
    const uri = this.registration.registrationUri(written.client.clientId);
    return Object.assign(this.registration.document(written), { metadata: undefined, registration_client_uri: uri });
  }

  private report(type: EventType, clientId: string, at: Date): void {
    this.events.publish({ type, at, clientId });
  }
}

/** An unknown client is answered like a wrong token. */
async function hidingUnknown<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof OAuthError && error.status === 404 ? notEntitled() : error;
  }
}
