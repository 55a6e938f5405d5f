/** The operations of an administrator on a client. The registration token of the client stays valid through all of them. */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EventType } from '../../events/domain-event.js';
import { Events } from '../../events/events.js';
import type { JsonObject } from '../../protocol/json.js';
import { splitWords } from '../../protocol/scope.js';
import { OAuth2ClientDto, OAuth2ClientTokenLifespansDto } from '../client.dto.js';
import { clientDocument, lifespansOf } from '../client.mapper.js';
import { parseClientDocument } from '../client-document.js';
import { ClientRegistration } from '../client-registration.js';
import type { ClientEntity } from '../client.entity.js';
import { type ClientChanges, ClientWriter } from '../client-writer.js';
import { isByDocument, requireSameDocument } from '../metadata-documents/document-members.js';
import { RegisteredClient } from '../registered-client.js';
import { applyClientPatch } from './client-patch.js';

@Injectable()
export class ClientAdministration {
  constructor(
    private readonly registration: ClientRegistration,
    private readonly writer: ClientWriter,
    private readonly events: Events,
  ) {}

  /** The id is the operator's choice or random. @throws OAuthError 400, 409 */
  async create(body: unknown, now: Date): Promise<OAuth2ClientDto> {
    const document = await parseClientDocument(OAuth2ClientDto, body);
    const clientId = document.client_id || randomUUID();
    const written = await this.registration.create(clientId, document, { dynamic: false, now });
    this.report('client.created', clientId, now);
    const shown = this.registration.document(written);
    return Object.assign(shown, { registration_client_uri: this.registration.registrationUri(clientId) });
  }

  /** Fields that the body leaves out get their defaults; id, creation time and secret stay. @throws OAuthError 400, 404 */
  async replace(clientId: string, body: unknown, now: Date): Promise<OAuth2ClientDto> {
    const document = await parseClientDocument(OAuth2ClientDto, body);
    return this.update(clientId, now, () => Promise.resolve(document));
  }

  /** Applies JSON Patch operations (RFC 6902) to the client's document, all or none. @throws OAuthError 400, 404 */
  patch(clientId: string, operations: unknown, now: Date): Promise<OAuth2ClientDto> {
    return this.update(clientId, now, (current) =>
      parseClientDocument(
        OAuth2ClientDto,
        applyClientPatch(clientDocument(current) as unknown as JsonObject, operations),
      ),
    );
  }

  /** Replaces all lifespans and nothing else. @throws OAuthError 400, 404 */
  async setLifespans(clientId: string, body: unknown, now: Date): Promise<OAuth2ClientDto> {
    const lifespans = lifespansOf(await parseClientDocument(OAuth2ClientTokenLifespansDto, body));
    const client = await this.writer.change(clientId, now, (current) => ({
      metadata: { ...current.metadata, ...lifespans },
    }));
    this.report('client.updated', clientId, now);
    return clientDocument(client);
  }

  /** Also deletes the client's consents, grants and tokens. @throws OAuthError 404 */
  async delete(clientId: string, now: Date): Promise<void> {
    await this.writer.delete(clientId);
    this.report('client.deleted', clientId, now);
  }

  private async update(
    clientId: string,
    now: Date,
    wanted: (current: RegisteredClient) => Promise<OAuth2ClientDto>,
  ): Promise<OAuth2ClientDto> {
    let secret: string | undefined;
    const client = await this.writer.change(clientId, now, async (current) => {
      const document = await wanted(new RegisteredClient(current));
      if (isByDocument(current)) return this.besideDocument(current, document);
      const replacement = await this.registration.replacement(current, document, { dynamic: false });
      secret = replacement.secret;
      return replacement.changes;
    });
    this.report('client.updated', clientId, now);
    return this.registration.document({ client, secret });
  }

  /** The document decides some members, and the client has no secret. @throws OAuthError 400, 409 */
  private async besideDocument(current: ClientEntity, document: OAuth2ClientDto): Promise<ClientChanges> {
    const author = { dynamic: false, defaultScope: splitWords(current.metadata.scope) };
    const {
      name = '',
      owner,
      metadata = current.metadata,
    } = (await this.registration.replacement(current, document, author)).changes;
    requireSameDocument(current, { name, metadata, secret: document.client_secret });
    return { name, owner, metadata };
  }

  private report(type: EventType, clientId: string, at: Date): void {
    this.events.publish({ type, at, clientId });
  }
}
