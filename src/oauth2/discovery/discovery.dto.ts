import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

/** A kind of verifiable credential (draft 00). */
@ApiSchema({ name: 'credentialSupportedDraft00' })
export class CredentialSupportedDraft00Dto {
  /** How a credential is bound to its holder. */
  @ApiPropertyOptional({ type: [String] })
  cryptographic_binding_methods_supported?: string[];

  /** Algorithms of the proof. */
  @ApiPropertyOptional({ type: [String] })
  cryptographic_suites_supported?: string[];

  /** The format of the credential. */
  @ApiPropertyOptional()
  format?: string;

  /** The types of the credential. */
  @ApiPropertyOptional({ type: [String] })
  types?: string[];
}

/** OpenID Connect Discovery §3, RFC 8414 §2. */
@ApiSchema({ name: 'oidcConfiguration' })
export class OidcConfigurationDto {
  /** The authentication context classes that can be asked for, if the server is configured for step-up. */
  @ApiPropertyOptional({ type: [String] })
  acr_values_supported?: string[];

  /** Where authorization requests go. */
  @ApiProperty()
  authorization_endpoint: string;

  /** The types of authorization details (RFC 9396), if there are any. */
  @ApiPropertyOptional({ type: [String] })
  authorization_details_types_supported?: string[];

  /** Where clients ask for a person who answers on another device (CIBA), if that is enabled. */
  @ApiPropertyOptional()
  backchannel_authentication_endpoint?: string;

  /** The algorithms of signed requests there. */
  @ApiPropertyOptional({ type: [String] })
  backchannel_authentication_request_signing_alg_values_supported?: string[];

  /** How clients learn of the answer: `poll`, `ping`. */
  @ApiPropertyOptional({ type: [String] })
  backchannel_token_delivery_modes_supported?: string[];

  /** Whether `user_code` is supported there. */
  @ApiPropertyOptional()
  backchannel_user_code_parameter_supported?: boolean;

  /** Whether logout tokens carry `sid`. */
  @ApiPropertyOptional()
  backchannel_logout_session_supported?: boolean;

  /** Whether back-channel logout is supported. */
  @ApiPropertyOptional()
  backchannel_logout_supported?: boolean;

  /** Whether `claims` is supported. */
  @ApiPropertyOptional()
  claims_parameter_supported?: boolean;

  /** Some of the claims. */
  @ApiPropertyOptional({ type: [String] })
  claims_supported?: string[];

  /** Methods of PKCE (RFC 7636). */
  @ApiPropertyOptional({ type: [String] })
  code_challenge_methods_supported?: string[];

  /** Where verifiable credentials are issued. */
  @ApiPropertyOptional()
  credentials_endpoint_draft_00?: string;

  /** The kinds of verifiable credential. */
  @ApiPropertyOptional({ type: [CredentialSupportedDraft00Dto] })
  credentials_supported_draft_00?: CredentialSupportedDraft00Dto[];

  /** Where devices ask for codes (RFC 8628). */
  @ApiProperty()
  device_authorization_endpoint: string;

  /** The algorithms of proofs of possession (RFC 9449), if they are enabled. */
  @ApiPropertyOptional({ type: [String] })
  dpop_signing_alg_values_supported?: string[];

  /** Where a client sends the browser to log out. */
  @ApiPropertyOptional()
  end_session_endpoint?: string;

  /** Whether front-channel logout carries `iss` and `sid`. */
  @ApiPropertyOptional()
  frontchannel_logout_session_supported?: boolean;

  /** Whether front-channel logout is supported. */
  @ApiPropertyOptional()
  frontchannel_logout_supported?: boolean;

  /** Values of `grant_type`. */
  @ApiPropertyOptional({ type: [String] })
  grant_types_supported?: string[];

  /** The algorithms of ID tokens, under a name of client metadata that the SDKs of Hydra require. */
  @ApiProperty({ type: [String] })
  id_token_signed_response_alg: string[];

  /** The algorithms that ID tokens are signed with: clients may register for each of them. */
  @ApiProperty({ type: [String] })
  id_token_signing_alg_values_supported: string[];

  /** The issuer: equal to `iss` in every token. */
  @ApiProperty()
  issuer: string;

  /** Where resource servers introspect tokens (RFC 7662), if that endpoint is public. */
  @ApiPropertyOptional()
  introspection_endpoint?: string;

  /** How clients authenticate there. */
  @ApiPropertyOptional({ type: [String] })
  introspection_endpoint_auth_methods_supported?: string[];

  /** The algorithms of client assertions there. */
  @ApiPropertyOptional({ type: [String] })
  introspection_endpoint_auth_signing_alg_values_supported?: string[];

  /** The public keys of the server. */
  @ApiProperty()
  jwks_uri: string;

  /** Where clients push authorization requests (RFC 9126), if that is enabled. */
  @ApiPropertyOptional()
  pushed_authorization_request_endpoint?: string;

  /** Whether every authorization request must be pushed. */
  @ApiPropertyOptional()
  require_pushed_authorization_requests?: boolean;

  /** Whether a client may name the address of its metadata document as its id, if that is enabled. */
  @ApiPropertyOptional()
  client_id_metadata_document_supported?: boolean;

  /** The APIs whose metadata is served (RFC 9728), if there are any. */
  @ApiPropertyOptional({ type: [String] })
  protected_resources?: string[];

  /** Whether access tokens can be bound to the certificate of a client (RFC 8705), if that is enabled. */
  @ApiPropertyOptional()
  tls_client_certificate_bound_access_tokens?: boolean;

  /** The addresses of endpoints for clients that show a certificate (RFC 8705), by the names of their members. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } })
  mtls_endpoint_aliases?: Record<string, string>;

  /** Where clients register themselves (RFC 7591). */
  @ApiPropertyOptional()
  registration_endpoint?: string;

  /** The algorithms of request objects. */
  @ApiPropertyOptional({ type: [String] })
  request_object_signing_alg_values_supported?: string[];

  /** Whether `request` is supported. */
  @ApiPropertyOptional()
  request_parameter_supported?: boolean;

  /** Whether `request_uri` is supported. */
  @ApiPropertyOptional()
  request_uri_parameter_supported?: boolean;

  /** Whether every authorization request must be a signed request object (RFC 9101). */
  @ApiPropertyOptional()
  require_signed_request_object?: boolean;

  /** Whether a `request_uri` must be registered. */
  @ApiPropertyOptional()
  require_request_uri_registration?: boolean;

  /** Values of `response_mode`. */
  @ApiPropertyOptional({ type: [String] })
  response_modes_supported?: string[];

  /** Values of `response_type`. */
  @ApiProperty({ type: [String] })
  response_types_supported: string[];

  /** Where tokens are revoked (RFC 7009). */
  @ApiPropertyOptional()
  revocation_endpoint?: string;

  /** How clients authenticate there. */
  @ApiPropertyOptional({ type: [String] })
  revocation_endpoint_auth_methods_supported?: string[];

  /** The algorithms of client assertions there. */
  @ApiPropertyOptional({ type: [String] })
  revocation_endpoint_auth_signing_alg_values_supported?: string[];

  /** Some of the scopes. */
  @ApiPropertyOptional({ type: [String] })
  scopes_supported?: string[];

  /** `public`, `pairwise`. */
  @ApiProperty({ type: [String] })
  subject_types_supported: string[];

  /** Where tokens are issued. */
  @ApiProperty()
  token_endpoint: string;

  /** How clients authenticate. */
  @ApiPropertyOptional({ type: [String] })
  token_endpoint_auth_methods_supported?: string[];

  /** The algorithms of client assertions. */
  @ApiPropertyOptional({ type: [String] })
  token_endpoint_auth_signing_alg_values_supported?: string[];

  /** Where the claims of the person are read. */
  @ApiPropertyOptional()
  userinfo_endpoint?: string;

  /** The algorithms that userinfo is signed with, under a name of client metadata that the SDKs of Hydra require. */
  @ApiProperty({ type: [String] })
  userinfo_signed_response_alg: string[];

  /** The algorithms of userinfo. */
  @ApiPropertyOptional({ type: [String] })
  userinfo_signing_alg_values_supported?: string[];

  /** The algorithms for the key when ID tokens are encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  id_token_encryption_alg_values_supported?: string[];

  /** The algorithms for the content when ID tokens are encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  id_token_encryption_enc_values_supported?: string[];

  /** The algorithms for the key when userinfo is encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  userinfo_encryption_alg_values_supported?: string[];

  /** The algorithms for the content when userinfo is encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  userinfo_encryption_enc_values_supported?: string[];

  /** The algorithms for the key when authorization responses (JARM) are encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  authorization_encryption_alg_values_supported?: string[];

  /** The algorithms for the content when authorization responses (JARM) are encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  authorization_encryption_enc_values_supported?: string[];

  /** The algorithms for the key when request objects are encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  request_object_encryption_alg_values_supported?: string[];

  /** The algorithms for the content when request objects are encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  request_object_encryption_enc_values_supported?: string[];

  /** The algorithms for the key when introspection responses (RFC 9701) are encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  introspection_encryption_alg_values_supported?: string[];

  /** The algorithms for the content when introspection responses (RFC 9701) are encrypted, if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  introspection_encryption_enc_values_supported?: string[];

  /** The algorithms that introspection responses are signed with (RFC 9701), if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  introspection_signing_alg_values_supported?: string[];

  /** The algorithms that authorization responses are signed with (JARM), if that is enabled. */
  @ApiPropertyOptional({ type: [String] })
  authorization_signing_alg_values_supported?: string[];

  /** Whether every authorization response names the issuer (RFC 9207). */
  @ApiPropertyOptional()
  authorization_response_iss_parameter_supported?: boolean;
}
