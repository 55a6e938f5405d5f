/** From a document to a client: defaults, rules, secret and registration token, the same for operators and strangers. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { mintToken } from '../crypto/opaque-token.js';
import type { ClientEntity } from './client.entity.js';
import type { OAuth2ClientDto } from './client.dto.js';
import { clientDocument, metadataOf } from './client.mapper.js';
import type { ClientMetadata } from './client-metadata.js';
import { ClientSecrets } from './client-secrets.js';
import { type ClientChanges, ClientWriter } from './client-writer.js';
import { generateSecret } from './generate-secret.js';
import { RegisteredClient } from './registered-client.js';
import { RegistrationRules } from './registration-rules/registration-rules.js';

/** What was written, and what is shown of it this once. */
export interface Written {
  client: RegisteredClient;
  /** In plain text, where this write set one. */
  secret?: string;
  /** Where this write made one. */
  registrationToken?: string;
}

export interface Origin {
  /** A stranger wrote it, over the public listener. */
  dynamic: boolean;
  now: Date;
}

@Injectable()
export class ClientRegistration {
  constructor(
    private readonly writer: ClientWriter,
    private readonly rules: RegistrationRules,
    private readonly secrets: ClientSecrets,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError 400 for what the rules refuse, 409 where the id is taken */
  async create(clientId: string, document: OAuth2ClientDto, origin: Origin): Promise<Written> {
    const metadata = this.metadataFor(document, origin.dynamic);
    const secret = document.client_secret || newSecretFor(metadata);
    const named = { clientId, name: document.client_name ?? '', owner: document.owner ?? '', metadata };
    await this.rules.check({ ...named, secret });
    const { token, digest } = this.mintRegistrationToken(origin.now);
    const client = await this.writer.insert({
      ...named,
      secretHash: secret === undefined ? null : await this.secrets.hash(secret),
      registrationTokenDigest: digest,
      createdAt: wholeSeconds(origin.now),
    });
    return { client, secret: client.isPublic ? undefined : secret, registrationToken: token };
  }

  /**
   * What makes the client as the document wants it. A secret that is not given stays, with the rotated ones; a given one ends them.
   * @throws OAuthError 400 for what the rules refuse
   */
  async replacement(
    current: ClientEntity,
    document: OAuth2ClientDto,
    dynamic: boolean,
  ): Promise<{ changes: ClientChanges; secret?: string }> {
    const metadata = this.metadataFor(document, dynamic || current.metadata.dynamically_registered === true);
    const secret = document.client_secret || (current.secretHash === null ? newSecretFor(metadata) : undefined);
    const named = { name: document.client_name ?? '', owner: document.owner ?? '', metadata };
    await this.rules.check({ clientId: current.clientId, ...named, secret });
    if (secret === undefined) return { changes: named };
    const secretHash = await this.secrets.hash(secret);
    return { changes: { ...named, secretHash, rotatedSecretHashes: [] }, secret };
  }

  /** Only the digest is kept. */
  mintRegistrationToken(now: Date): { token: string; digest: Buffer } {
    return mintToken('registration_token', this.config.current.secrets.system, { at: now });
  }

  /** The document of what was written, with what is shown this once. */
  document({ client, secret, registrationToken }: Written): OAuth2ClientDto {
    return Object.assign(clientDocument(client), {
      client_secret: secret,
      registration_access_token: registrationToken,
    });
  }

  /** Where the client manages itself (RFC 7592 §3). */
  registrationUri(clientId: string): string {
    const base = this.config.current.urls.self.public.replace(/\/+$/, '');
    return `${base}/oauth2/register/${encodeURIComponent(clientId)}`;
  }

  private metadataFor(document: OAuth2ClientDto, dynamicallyRegistered: boolean): ClientMetadata {
    const metadata = metadataOf(document, this.config.current);
    return dynamicallyRegistered ? { ...metadata, dynamically_registered: true } : metadata;
  }
}

/** A client that is not public and has no secret yet gets one. */
function newSecretFor(metadata: ClientMetadata): string | undefined {
  return metadata.token_endpoint_auth_method === 'none' ? undefined : generateSecret();
}

function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
