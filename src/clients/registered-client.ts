import { AUTHORIZATION_CODE } from '../protocol/constants.js';
import { AllowedAudiences } from '../protocol/audience.js';
import { AllowedScopes, splitWords } from '../protocol/scope.js';
import type { ClientEntity } from './client.entity.js';
import { isByDocument } from './metadata-documents/document-members.js';
import type { ClientMetadata, LifespanName } from './client-metadata.js';

/** The key of a client without a row: the keys of rows start at 1. See `metadata-documents/introduced-client.ts`. */
export const INTRODUCED_KEY = '-1';

/** A client as the protocol endpoints use it: metadata with the defaults for empty fields. Immutable. */
export class RegisteredClient {
  readonly key: string;
  readonly clientId: string;
  readonly version: number;
  readonly name: string;
  readonly metadata: ClientMetadata;
  /** The current hash first, then the rotated ones. */
  readonly secretHashes: readonly string[];
  /** The scope patterns that the client may request. */
  readonly scope: readonly string[];
  private scopes?: AllowedScopes;
  private audiences?: AllowedAudiences;

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

  /** The same scopes in a form for many look-ups. */
  get allowedScopes(): AllowedScopes {
    return (this.scopes ??= new AllowedScopes(this.scope));
  }

  get allowedAudiences(): AllowedAudiences {
    return (this.audiences ??= new AllowedAudiences(this.audience));
  }

  get redirectUris(): readonly string[] {
    return this.metadata.redirect_uris;
  }

  get authMethod(): string {
    return this.metadata.token_endpoint_auth_method;
  }

  /** RFC 6749 §2.1: a public client cannot keep a secret. */
  get isPublic(): boolean {
    return this.authMethod === 'none';
  }

  /** Whether the metadata was read from the document at the client id, and not registered. */
  get isByDocument(): boolean {
    return isByDocument(this.entity);
  }

  /** Whether the document need not be fetched yet. */
  isFreshAt(now: Date): boolean {
    return (this.entity.documentFreshUntil ?? now) > now;
  }

  /** False before the first grant of a client that is known by its document alone. */
  get isStored(): boolean {
    return this.key !== INTRODUCED_KEY;
  }

  /** Whether a record with this client key is of this client: it may have been made before the client got its row. */
  isOf(key: string): boolean {
    return key === this.key || (key === INTRODUCED_KEY && this.isByDocument);
  }

  mayUse(grantType: string): boolean {
    return this.grantTypes.includes(grantType);
  }

  /**
   * RFC 9396 §10: the types of authorization details that it may ask for; undefined: every type. Without a list a client that
   * a stranger registered, or that is no client, may ask for none.
   */
  get detailTypes(): readonly string[] | undefined {
    const { authorization_details_types: types, dynamically_registered: bySelf } = this.metadata;
    return types ?? (bySelf === true || this.clientId === '' ? [] : undefined);
  }

  /** In seconds; undefined where the client has no lifespan of its own. */
  lifespan(name: LifespanName): number | undefined {
    return this.metadata[name] ?? undefined;
  }
}
