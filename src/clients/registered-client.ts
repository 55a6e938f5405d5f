import { AUTHORIZATION_CODE } from '../protocol/constants.js';
import { splitWords } from '../protocol/scope.js';
import type { ClientEntity } from './client.entity.js';
import type { ClientMetadata, LifespanName } from './client-metadata.js';

/** A client as the protocol sees it: metadata with the defaults that apply when a field is empty. Immutable. */
export class RegisteredClient {
  readonly key: string;
  readonly clientId: string;
  readonly version: number;
  readonly name: string;
  readonly metadata: ClientMetadata;
  /** The current hash first, then the rotated ones. */
  readonly secretHashes: readonly string[];
  /** Scope patterns it may ask for. */
  readonly scope: readonly string[];

  constructor(readonly entity: ClientEntity) {
    this.key = entity.key;
    this.clientId = entity.clientId;
    this.version = entity.version;
    this.name = entity.name;
    this.metadata = entity.metadata;
    this.secretHashes = entity.secretHash ? [entity.secretHash, ...entity.rotatedSecretHashes] : [];
    this.scope = splitWords(entity.metadata.scope);
  }

  /** RFC 7591 §2: an empty list means the authorization code grant. */
  get grantTypes(): readonly string[] {
    return this.metadata.grant_types.length ? this.metadata.grant_types : [AUTHORIZATION_CODE];
  }

  /** RFC 7591 §2: an empty list means `code`. */
  get responseTypes(): readonly string[] {
    return this.metadata.response_types.length ? this.metadata.response_types : ['code'];
  }

  get audience(): readonly string[] {
    return this.metadata.audience;
  }

  get redirectUris(): readonly string[] {
    return this.metadata.redirect_uris;
  }

  get authMethod(): string {
    return this.metadata.token_endpoint_auth_method;
  }

  /** RFC 6749 §2.1: it cannot keep a secret. */
  get isPublic(): boolean {
    return this.authMethod === 'none';
  }

  mayUse(grantType: string): boolean {
    return this.grantTypes.includes(grantType);
  }

  /** Seconds; undefined where the client has no lifespan of its own. */
  lifespan(name: LifespanName): number | undefined {
    return this.metadata[name] ?? undefined;
  }
}
