/** The documents of clients (RFC 7591 §2, and Hydra's own fields). The same document is sent and received. */
import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsObject, IsOptional } from 'class-validator';
import { ANY_JSON } from '../http/replies/any-json.js';
import { JsonWebKeySetDto } from '../keys/json-web-key.dto.js';
import { FlagField, LifespanField, SecondsField, TextField, TextListField } from './client-fields.js';

/** Where the metadata of the client comes from. */
@ApiSchema({ name: 'clientIdMetadataDocument' })
export class ClientIdMetadataDocumentDto {
  /** The address of the document, which is the client id. */
  @ApiProperty()
  url: string;

  /** Host and port of the address: what a person who is asked for consent must see. */
  @ApiProperty()
  host: string;

  @ApiProperty({ type: String, format: 'date-time' })
  fetched_at: string;
}

/** Lifespans of different token types issued for this OAuth 2.0 Client. */
@ApiSchema({ name: 'oAuth2ClientTokenLifespans' })
export class OAuth2ClientTokenLifespansDto {
  @LifespanField()
  authorization_code_grant_access_token_lifespan?: string | null;

  @LifespanField()
  authorization_code_grant_id_token_lifespan?: string | null;

  @LifespanField()
  authorization_code_grant_refresh_token_lifespan?: string | null;

  @LifespanField()
  client_credentials_grant_access_token_lifespan?: string | null;

  @LifespanField()
  implicit_grant_access_token_lifespan?: string | null;

  @LifespanField()
  implicit_grant_id_token_lifespan?: string | null;

  @LifespanField()
  jwt_bearer_grant_access_token_lifespan?: string | null;

  @LifespanField()
  refresh_token_grant_access_token_lifespan?: string | null;

  @LifespanField()
  refresh_token_grant_id_token_lifespan?: string | null;

  @LifespanField()
  refresh_token_grant_refresh_token_lifespan?: string | null;

  @LifespanField()
  device_authorization_grant_access_token_lifespan?: string | null;

  @LifespanField()
  device_authorization_grant_id_token_lifespan?: string | null;

  @LifespanField()
  device_authorization_grant_refresh_token_lifespan?: string | null;
}

/** OAuth 2.0 Clients are used to perform OAuth 2.0 and OpenID Connect flows. */
@ApiSchema({ name: 'oAuth2Client' })
export class OAuth2ClientDto extends OAuth2ClientTokenLifespansDto {
  /** Public identifier of the client. It never changes; left out on creation: a random UUID. At most 255 characters. */
  @TextField()
  client_id?: string;

  /** Human-readable name. */
  @TextField()
  client_name?: string;

  /** At least 6 bytes. Shown in the answer that sets it and never again: only its hash is stored. */
  @TextField()
  client_secret?: string;

  /** Always 0: secrets do not expire by themselves. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  client_secret_expires_at?: number;

  /** Addresses to which the browser may be redirected. Absolute, without fragment. */
  @TextListField({ example: ['https://app.example.com/callback'] })
  redirect_uris?: string[];

  /** Grant types that the client may use. Empty: authorization_code. */
  @TextListField({ example: ['authorization_code', 'refresh_token'] })
  grant_types?: string[];

  /** Response types that the client may use, each a list of words separated by spaces. Empty: code. */
  @TextListField({ example: ['code'] })
  response_types?: string[];

  /** Scopes that the client may request, separated by spaces. Empty: the configured default. */
  @TextField({ example: 'openid offline_access' })
  scope?: string;

  /** Audiences that the client may request. */
  @TextListField({ example: ['https://api.example.com/users'] })
  audience?: string[];

  /** Owner of the client, by which the list can be filtered. */
  @TextField()
  owner?: string;

  /** Address of the privacy policy. */
  @TextField()
  policy_uri?: string;

  /** Address of the terms of service. */
  @TextField()
  tos_uri?: string;

  /** Address of a page about the client. */
  @TextField()
  client_uri?: string;

  /** Address of the logo. */
  @TextField()
  logo_uri?: string;

  /** https address at which a third party may begin a login at the client (OpenID Connect Core §4). */
  @TextField()
  initiate_login_uri?: string;

  /** Origins (scheme, host and port) whose scripts may call the public endpoints for this client. */
  @TextListField({ example: ['https://app.example.com'] })
  allowed_cors_origins?: string[];

  /** Contacts of those who are responsible for the client. */
  @TextListField({ example: ['ops@example.com'] })
  contacts?: string[];

  /** `public` or `pairwise` (OpenID Connect Core §8). */
  @TextField()
  subject_type?: string;

  /** https address of a JSON array that holds every redirect URI (OpenID Connect Core §8.1). */
  @TextField()
  sector_identifier_uri?: string;

  /** Address at which the client publishes its keys. Excludes jwks. */
  @TextField()
  jwks_uri?: string;

  /** The public keys of the client. Excludes jwks_uri. */
  @ApiPropertyOptional({ type: () => JsonWebKeySetDto })
  @IsOptional()
  @IsObject()
  jwks?: object;

  /**
   * client_secret_basic (default), client_secret_post, private_key_jwt, or none for public clients. While mutual TLS is
   * enabled also tls_client_auth and self_signed_tls_client_auth (RFC 8705).
   */
  @TextField({ default: 'client_secret_basic' })
  token_endpoint_auth_method?: string;

  /** Algorithm of client assertions with private_key_jwt: RS, PS or ES with 256, 384 or 512. Default RS256. */
  @TextField()
  token_endpoint_auth_signing_alg?: string;

  /**
   * Subject of the client's certificate with tls_client_auth, as in RFC 4514. Of the members tls_client_auth_* a client with
   * that method has exactly one.
   */
  @TextField({ example: 'CN=service-a,O=Acme,C=CH' })
  tls_client_auth_subject_dn?: string;

  /** Host name in the client's certificate (subject alternative name). */
  @TextField()
  tls_client_auth_san_dns?: string;

  /** URI in the client's certificate (subject alternative name). */
  @TextField()
  tls_client_auth_san_uri?: string;

  /** IP address in the client's certificate (subject alternative name). */
  @TextField()
  tls_client_auth_san_ip?: string;

  /** E-mail address in the client's certificate (subject alternative name). */
  @TextField()
  tls_client_auth_san_email?: string;

  /** Whether access tokens are bound to the certificate of the client (RFC 8705). It counts while mutual TLS is enabled. */
  @FlagField()
  tls_client_certificate_bound_access_tokens?: boolean;

  /** Whether the client uses the addresses in mtls_endpoint_aliases. The server only keeps it. */
  @FlagField()
  use_mtls_endpoint_aliases?: boolean;

  /** Addresses of request objects. */
  @TextListField()
  request_uris?: string[];

  /** `native` or `web`, which restricts the redirect URIs (OpenID Connect Registration 1.0 section 2). */
  @TextField()
  application_type?: string;

  /** Algorithm with which request objects must be signed. */
  @TextField()
  request_object_signing_alg?: string;

  /**
   * Types of authorization details that the client may ask for (RFC 9396). Left out: all that are configured, or none for a
   * client that registered itself.
   */
  @TextListField()
  authorization_details_types?: string[];

  /** Whether authorization requests must be signed request objects (RFC 9101). */
  @FlagField()
  require_signed_request_object?: boolean;

  /** Whether authorization requests must be pushed (RFC 9126). It counts while the server has the endpoint for it. */
  @FlagField()
  require_pushed_authorization_requests?: boolean;

  /** The `max_age` of authorization requests without it, in seconds. It counts while the server is configured for step-up. */
  @SecondsField()
  default_max_age?: number;

  /** The `acr_values` of authorization requests without any. They count while the server is configured for step-up. */
  @TextListField({ example: ['gold'] })
  default_acr_values?: string[];

  /** Whether ID tokens must hold `auth_time`. They always do. */
  @FlagField()
  require_auth_time?: boolean;

  /** Whether every access token is bound to a key (DPoP, RFC 9449). It counts while the server has DPoP switched on. */
  @FlagField()
  dpop_bound_access_tokens?: boolean;

  /** Rules that hold for the client: `fapi-2.0` or `fapi-2.0-message-signing`. Only an administrator sets it. */
  @TextField()
  security_profile?: string;

  /** Algorithm of ID tokens and logout tokens: one that discovery lists. Default: that of the newest key. */
  @TextField()
  id_token_signed_response_alg?: string;

  /** `none` (plain JSON), or the algorithm of a signed JWT: one that discovery lists. */
  @TextField()
  userinfo_signed_response_alg?: string;

  /** Algorithm of authorization responses that are JWTs (JARM): one that discovery lists for ID tokens. Default RS256. */
  @TextField()
  authorization_signed_response_alg?: string;

  /** Algorithm of introspection responses that are JWTs (RFC 9701): one that discovery lists for ID tokens. Default RS256. */
  @TextField()
  introspection_signed_response_alg?: string;

  /** Algorithm with which ID tokens are encrypted to a key of the client. An ID token is signed first. */
  @TextField()
  id_token_encrypted_response_alg?: string;

  /** Algorithm of the content of that encryption. Default A128CBC-HS256. */
  @TextField()
  id_token_encrypted_response_enc?: string;

  /** Algorithm with which userinfo is encrypted to a key of the client. Signed userinfo is signed first. */
  @TextField()
  userinfo_encrypted_response_alg?: string;

  /** Algorithm of the content of that encryption. Default A128CBC-HS256. */
  @TextField()
  userinfo_encrypted_response_enc?: string;

  /** Algorithm with which authorization responses that are JWTs (JARM) are encrypted to a key of the client. They are signed first. */
  @TextField()
  authorization_encrypted_response_alg?: string;

  /** Algorithm of the content of that encryption. Default A128CBC-HS256. */
  @TextField()
  authorization_encrypted_response_enc?: string;

  /** Algorithm with which introspection responses that are JWTs (RFC 9701) are encrypted to a key of the client. They are signed first, and the client gets no others. */
  @TextField()
  introspection_encrypted_response_alg?: string;

  /** Algorithm of the content of that encryption. Default A128CBC-HS256. */
  @TextField()
  introspection_encrypted_response_enc?: string;

  /** Algorithm with which request objects must be encrypted to a key of this server. */
  @TextField()
  request_object_encryption_alg?: string;

  /** Algorithm of the content of that encryption. Default: each that discovery lists. */
  @TextField()
  request_object_encryption_enc?: string;

  /** Address that the browser loads in a frame when the user logs out. */
  @TextField()
  frontchannel_logout_uri?: string;

  /** Whether that address gets the parameters iss and sid. */
  @FlagField()
  frontchannel_logout_session_required?: boolean;

  /** Address that gets a logout token when the user logs out. */
  @TextField()
  backchannel_logout_uri?: string;

  /** Whether that token must have the claim sid. */
  @FlagField()
  backchannel_logout_session_required?: boolean;

  /** How the client learns that the user has answered a backchannel authentication request (CIBA): `poll` or `ping`. Default poll. */
  @TextField()
  backchannel_token_delivery_mode?: string;

  /** Address that is called when the user has answered (CIBA). https; `ping` needs it. */
  @TextField()
  backchannel_client_notification_endpoint?: string;

  /** Algorithm with which the client signs each backchannel authentication request (CIBA). Left out: it signs none. */
  @TextField()
  backchannel_authentication_request_signing_alg?: string;

  /** Whether the client sends a code that only the user knows with its backchannel authentication requests (CIBA). */
  @FlagField()
  backchannel_user_code_parameter?: boolean;

  /** Addresses to which the browser may be redirected after a logout. Absolute, without fragment. */
  @TextListField()
  post_logout_redirect_uris?: string[];

  /** Any JSON that the operator stores with the client. */
  @ApiPropertyOptional(ANY_JSON)
  @IsOptional()
  metadata?: unknown;

  /** `opaque` or `jwt`; left out: the setting of the server applies. */
  @TextField()
  access_token_strategy?: string;

  /** The user is not asked for consent. Only administrators can set it. */
  @FlagField()
  skip_consent?: boolean;

  /** The user is not asked whether to log out. Only administrators can set it. */
  @FlagField({ nullable: true })
  skip_logout_consent?: boolean | null;

  /** Token with which the client is managed at registration_client_uri. Shown when it is issued and never again. */
  @ApiPropertyOptional()
  registration_access_token?: string;

  /** Address at which the client manages itself (RFC 7592). */
  @ApiPropertyOptional()
  registration_client_uri?: string;

  /** Set by the server: the client is not registered, its metadata is the document at its id. */
  @ApiPropertyOptional({ type: ClientIdMetadataDocumentDto, readOnly: true })
  client_id_metadata_document?: ClientIdMetadataDocumentDto;

  /** Set by the server. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  created_at?: string;

  /** Set by the server. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  updated_at?: string;
}
