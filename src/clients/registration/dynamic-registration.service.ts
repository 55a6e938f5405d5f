/** Clients that register and manage themselves (RFC 7591, RFC 7592). */
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { EventType } from '../../events/domain-event.js';
import { Events } from '../../events/events.js';
import { type JsonBody, readJson } from '../../http/exchange/json-body.js';
import { ImportLedger } from '../../imported/import-ledger.js';
import { invalidClientMetadata, OAuthError } from '../../protocol/oauth-error.js';
import type { ClientEntity } from '../client.entity.js';
import { OAuth2ClientDto } from '../client.dto.js';
import { parseClientDocument } from '../client-document.js';
import { ClientRegistration, type Written } from '../client-registration.js';
import { type ClientChanges, ClientWriter } from '../client-writer.js';
import { ClientsService } from '../clients.service.js';
import { RegisteredClient } from '../registered-client.js';
import { ownDocument, withoutUnset } from './own-document.js';
import { notEntitled, registrationTokenDigest, requireRegistrationToken } from './registration-token.js';

@Injectable()
export class DynamicRegistration {
  constructor(
    private readonly clients: ClientsService,
    private readonly registration: ClientRegistration,
    private readonly writer: ClientWriter,
    private readonly imports: ImportLedger,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** The server chooses id and secret. @throws OAuthError 400 */
  async register(body: unknown, now: Date): Promise<OAuth2ClientDto> {
    const sent = await parseClientDocument(OAuth2ClientDto, body);
    const { document, author } = ownDocument(sent, undefined, this.config.current);
    const clientId = randomUUID();
    const written = await this.registration.create(clientId, document, { ...author, now });
    this.report('client.registered', clientId, now);
    return this.shown(written);
  }

  /** @throws OAuthError 401 */
  async get(clientId: string, authorization: string | undefined): Promise<OAuth2ClientDto> {
    return this.shown({ client: await this.proven(clientId, this.digestOf(authorization)) });
  }

  /**
   * Replaces the client. Its secret stays, and it gets a new registration token. The token is checked before the body is read
   * (RFC 7592 §2). @throws OAuthError 400, 401, 403, 413
   */
  async replace(
    clientId: string,
    authorization: string | undefined,
    body: JsonBody,
    now: Date,
  ): Promise<OAuth2ClientDto> {
    const digest = this.digestOf(authorization);
    await this.proven(clientId, digest);
    const sent = await parseClientDocument(OAuth2ClientDto, await readJson(body, invalidClientMetadata));
    let secret: string | undefined;
    const next = this.registration.mintRegistrationToken(now);
    const change = async (current: ClientEntity): Promise<ClientChanges> => {
      requireRegistrationToken(digest, current.registrationTokenDigest); // the second of two changes with one token fails here
      const { document, author } = ownDocument(sent, new RegisteredClient(current), this.config.current);
      const replacement = await this.registration.replacement(current, document, author);
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

  /** @throws OAuthError 401 unless the token is this client's */
  private async proven(clientId: string, digest: Buffer): Promise<RegisteredClient> {
    const client = await this.clients.find(clientId);
    requireRegistrationToken(digest, client?.entity.registrationTokenDigest);
    if (!client) throw notEntitled();
    return client;
  }

  private digestOf(authorization: string | undefined): Buffer {
    const imported = this.imports.mayLive('registration_token');
    return registrationTokenDigest(authorization, { secrets: this.config.current.secrets.system, imported });
  }

  /** Hides the administrator's `metadata` from the client. */
  private shown(written: Written): OAuth2ClientDto {
    const uri = this.registration.registrationUri(written.client.clientId);
    const document = this.registration.document(written);
    return withoutUnset(Object.assign(document, { metadata: undefined, registration_client_uri: uri }));
  }

  private report(type: EventType, clientId: string, at: Date): void {
    this.events.publish({ type, at, clientId });
  }
}

/** Answers for an unknown client as for a wrong token. */
async function hidingUnknown<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof OAuthError && error.status === 404 ? notEntitled() : error;
  }
}
