/** Makes a client from a document: defaults, rules, secret and registration token, the same for operators and strangers. */
import { withoutTrailingSlashes } from '../protocol/trailing-slashes.js';
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { mintToken } from '../crypto/opaque-token.js';
import type { ClientEntity } from './client.entity.js';
import type { OAuth2ClientDto } from './client.dto.js';
import { clientDocument, metadataOf } from './client.mapper.js';
import { type ClientMetadata, isAdministered } from './client-metadata.js';
import { ClientSecrets, generateSecret } from './client-secrets.js';
import { type ClientChanges, ClientWriter } from './client-writer.js';
import { RegisteredClient } from './registered-client.js';
import { RegistrationRules } from './registration-rules/registration-rules.js';

/** The written client, and the credentials that are shown only once. */
export interface Written {
  client: RegisteredClient;
  /** In plain text, where this write set a secret. */
  secret?: string;
  /** Set where this write made a token. */
  registrationToken?: string;
}

/** The author of a document. */
export interface Author {
  /** True for a stranger, or the client itself, over the public listener. */
  dynamic: boolean;
  /** The scope of a document that names none. Default: the configured one. */
  defaultScope?: readonly string[];
}

@Injectable()
export class ClientRegistration {
  constructor(
    private readonly writer: ClientWriter,
    private readonly rules: RegistrationRules,
    private readonly secrets: ClientSecrets,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError 400 where a rule refuses the document, 409 where the id is taken */
  async create(clientId: string, document: OAuth2ClientDto, author: Author & { now: Date }): Promise<Written> {
    const written = this.metadataOf(document, author);
    const metadata = author.dynamic ? { ...written, dynamically_registered: true } : written;
    const secret = document.client_secret || newSecretFor(metadata);
    const named = { clientId, name: document.client_name ?? '', owner: document.owner ?? '', metadata };
    await this.rules.check({ ...named, secret });
    const { token, digest } = this.mintRegistrationToken(author.now);
    const client = await this.writer.insert({
      ...named,
      secretHash: secret === undefined ? null : await this.secrets.hash(secret, author),
      registrationTokenDigest: digest,
      createdAt: wholeSeconds(author.now),
    });
    return { client, secret: client.isPublic ? undefined : secret, registrationToken: token };
  }

  /**
   * Returns the change that gives the client this document. If the document has no secret, the current and the rotated ones
   * stay; a new secret ends them.
   * @throws OAuthError 400 where a rule refuses the document
   */
  async replacement(
    current: ClientEntity,
    document: OAuth2ClientDto,
    author: Author,
  ): Promise<{ changes: ClientChanges; secret?: string }> {
    const written = this.metadataOf(document, author);
    const metadata = { ...written, ...authorship(current.metadata, written, author) };
    const secret = document.client_secret || (current.secretHash === null ? newSecretFor(metadata) : undefined);
    const named = { name: document.client_name ?? '', owner: document.owner ?? '', metadata };
    await this.rules.check({ clientId: current.clientId, ...named, secret });
    if (secret === undefined) return { changes: named };
    const secretHash = await this.secrets.hash(secret, author);
    return { changes: { ...named, secretHash, rotatedSecretHashes: [] }, secret };
  }

  /** Only the digest is stored. */
  mintRegistrationToken(now: Date): { token: string; digest: Buffer } {
    return mintToken('registration_token', this.config.current.secrets.system, { at: now });
  }

  /** The document of a written client, with the credentials that are shown only once. */
  document({ client, secret, registrationToken }: Written): OAuth2ClientDto {
    return Object.assign(clientDocument(client), {
      client_secret: secret,
      registration_access_token: registrationToken,
    });
  }

  /** The address at which the client manages itself (RFC 7592 §3). */
  registrationUri(clientId: string): string {
    const base = withoutTrailingSlashes(this.config.current.urls.self.public);
    return `${base}/oauth2/register/${encodeURIComponent(clientId)}`;
  }

  private metadataOf(document: OAuth2ClientDto, { defaultScope }: Author): ClientMetadata {
    return metadataOf(document, this.config.current, defaultScope);
  }
}

type Authorship = Pick<ClientMetadata, 'dynamically_registered' | 'administered'>;

/** A client that a stranger registered keeps that mark for ever, and the mark of an administrator's change is kept too. */
function authorship(before: ClientMetadata, after: ClientMetadata, { dynamic }: Author): Authorship {
  if (!dynamic && !before.dynamically_registered) return {};
  const administered = isAdministered(before) || (!dynamic && !sameLimits(before, after));
  return { dynamically_registered: true, ...(administered && { administered }) };
}

function sameLimits(one: ClientMetadata, other: ClientMetadata): boolean {
  const names = [
    ...(['scope', 'audience', 'grant_types', 'response_types', 'subject_type'] as const),
    'authorization_details_types' as const,
  ];
  return names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

/** A client that is not public and has no secret yet gets one. */
function newSecretFor(metadata: ClientMetadata): string | undefined {
  return metadata.token_endpoint_auth_method === 'none' ? undefined : generateSecret();
}

function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
